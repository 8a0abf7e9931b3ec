"""Drives the graph, query and raw-data calls of JupiterOne's Python client.

stdin: {"account", "token", "url", "calls": [[method, keyword arguments], ...]}. An argument {"result": n, "at": [name, ...]} stands for
a member of what call n gave. stdout: a JSON array with one {"ok": result} or {"error": text} for each call.
"""

import json
import sys
import warnings

from jupiterone import JupiterOneClient
from jupiterone.errors import JupiterOneApiError, JupiterOneApiRetryError, JupiterOneClientError


def argument(value, results):
    if not isinstance(value, dict) or set(value) != {"result", "at"}:
        return value
    found = results[value["result"]]["ok"]
    for name in value["at"]:
        found = found[name]
    return found


def main() -> None:
    request = json.load(sys.stdin)
    warnings.simplefilter("ignore", DeprecationWarning)
    client = JupiterOneClient(
        account=request["account"],
        token=request["token"],
        url=request["url"] + "/graphql",
        sync_url=request["url"],
    )
    results = []
    for method, arguments in request["calls"]:
        arguments = {name: argument(value, results) for name, value in arguments.items()}
        try:
            results.append({"ok": getattr(client, method)(**arguments)})
        except (JupiterOneApiError, JupiterOneApiRetryError, JupiterOneClientError) as error:
            results.append({"error": str(error)})
    json.dump(results, sys.stdout)


main()
