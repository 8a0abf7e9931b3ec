"""Drives the synchronization calls of JupiterOne's Python client.

stdin: {"account", "token", "url", "calls": [[method, keyword arguments], ...]}. In the arguments the string "$job" stands for the id
of the job that the last start_sync_job call began. stdout: a JSON array with one {"ok": result} or {"error": text} for each call.
"""

import json
import sys

from jupiterone import JupiterOneClient
from jupiterone.errors import JupiterOneApiError, JupiterOneApiRetryError, JupiterOneClientError


def main() -> None:
    request = json.load(sys.stdin)
    client = JupiterOneClient(
        account=request["account"],
        token=request["token"],
        url=request["url"] + "/graphql",
        sync_url=request["url"],
    )
    job_id = None
    results = []
    for method, arguments in request["calls"]:
        arguments = {name: job_id if value == "$job" else value for name, value in arguments.items()}
        try:
            result = getattr(client, method)(**arguments)
        except (JupiterOneApiError, JupiterOneApiRetryError, JupiterOneClientError) as error:
            results.append({"error": str(error)})
            continue
        if method == "start_sync_job":
            job_id = result["job"]["id"]
        results.append({"ok": result})
    json.dump(results, sys.stdout)


main()
