"""Lets j1nuclei upload the report of a scan: relationships from entities of other sources to findings of its own.

stdin: {"account", "token", "url", "targets": [{"key", "target", "scope", "source", "findings": [...]}]}. Works in the current folder.
"""

import json
import sys

import requests

import j1nuclei.config
from j1nuclei.runner import process_runner_map

PRODUCTION = "https://api.us.jupiterone.io"


def redirect_to(url: str) -> None:
    """j1nuclei has its host written down, so requests to it are sent elsewhere, as a hosts file would do it."""
    send = requests.Session.send

    def send_elsewhere(session, prepared, **options):
        prepared.url = prepared.url.replace(PRODUCTION, url)
        return send(session, prepared, **options)

    requests.Session.send = send_elsewhere


def main() -> None:
    request = json.load(sys.stdin)
    redirect_to(request["url"])
    j1nuclei.config.j1_account = request["account"]
    j1nuclei.config.j1_api_key = request["token"]
    targets = []
    for index, target in enumerate(request["targets"]):
        findings = target.pop("findings")
        report = f"report-{index}.json"
        with open(report, "w") as file:
            file.write("\n".join(json.dumps(finding) for finding in findings))
        targets.append({**target, "nuclei_report_file": report})
    with open("report_map.json", "w") as file:
        json.dump(targets, file)
    process_runner_map("report_map.json")


main()
