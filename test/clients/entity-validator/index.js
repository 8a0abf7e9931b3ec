'use strict';

// integration-sdk-core 17 makes one of these when it is loaded, and calls it only where schema validation is switched on.
class EntityValidator {
  validateEntity() {
    throw new Error('Schema validation needs @jupiterone/integration-sdk-entity-validator, which is not installed.');
  }
}

exports.EntityValidator = EntityValidator;
