'use strict';

/*
 * Runs the integration beside this folder with the newest runtime of the integration SDK as a library, as JupiterOne's own
 * managed platform does. Argument: JSON of the options below. Last line of stdout: JSON of the job, or of the error.
 */
const sdk = require('integration-sdk-runtime-17');
const { invocationConfig } = require('../integration/src');

async function main({ apiBaseUrl, account, accessToken, compressUploads, uploadBatchSizeInBytes, storage, ...start }) {
  process.env.JUPITERONE_INTEGRATION_STORAGE_DIRECTORY = storage;
  const apiClient = sdk.createApiClient({ apiBaseUrl, account, accessToken, compressUploads });
  const context = await sdk.initiateSynchronization({
    logger: sdk.createIntegrationLogger({ name: 'library' }),
    apiClient,
    ...start,
  });
  const { logger } = context;
  const events = sdk.createEventPublishingQueue(context);
  logger.on('event', (event) => events.enqueue(event));
  try {
    const results = await sdk.executeIntegrationInstance(
      logger,
      sdk.createIntegrationInstanceForLocalExecution(invocationConfig),
      invocationConfig,
      { current: { startedOn: context.job.startTimestamp } },
      {
        enableSchemaValidation: false,
        graphObjectStore: new sdk.FileSystemGraphObjectStore({ integrationSteps: invocationConfig.integrationSteps }),
        createStepGraphObjectDataUploader: (stepId) =>
          sdk.createPersisterApiStepGraphObjectDataUploader({
            stepId,
            synchronizationJobContext: context,
            uploadConcurrency: 5,
            uploadBatchSizeInBytes,
          }),
      },
    );
    await events.onIdle();
    return await sdk.finalizeSynchronization({ ...context, partialDatasets: results.metadata.partialDatasets });
  } catch (error) {
    await events.onIdle();
    const isInvalid = error.code === 'CONFIG_VALIDATION_ERROR';
    return await sdk.abortSynchronization({
      ...context,
      reason: error.message,
      ...(isInvalid && { terminalStatus: 'ABORTED_DUE_TO_INVALID_CONFIGURATION' }),
    });
  }
}

main(JSON.parse(process.argv[2])).then(
  (job) => process.stdout.write(`\n${JSON.stringify({ job })}\n`),
  (error) => {
    process.stdout.write(`\n${JSON.stringify({ error: { code: error.code, message: error.message } })}\n`);
    process.exitCode = 1;
  },
);
