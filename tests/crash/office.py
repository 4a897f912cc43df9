"""The office whose daemon is killed: seats that are fought for, families that wait, a kiosk."""

import datetime
import pathlib

from support.office import write_catalogue

BRANCH = "north"
SINGLE, FAMILY, KIOSK = "passport", "family", "door"
FAMILY_SEATS, FAMILY_SLOTS = 3, 24  # few slots, so that most families wait


def write_office(directory):
    """Where it is noon, so that a slot goes on and others follow today; holds last for the whole
    run. Returns the catalogue's path and the date there."""
    ahead = 12 - datetime.datetime.now(datetime.timezone.utc).hour
    catalogue = pathlib.Path(write_catalogue(directory))
    branches = catalogue / "branches.csv"
    branches.write_text(branches.read_text().replace(
        "Asia/Kuala_Lumpur", f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"))
    for file, lines in {
            "services.csv": ["family,Keluarga,Family,Keluarga,citizen,no,,",
                             "door,Pintu,Door,Pintu,citizen,no,,"],
            "offers.csv": ["branch,,family,general,,,", "branch,,door,kiosk,100,,"],
            "schedule.csv": ["passport,,,,1,86400,,,,,,,,",
                             f"family,,,,{FAMILY_SEATS},86400,,,,,,,,", "door,,,,6,,,,,,,,,"],
    }.items():
        with open(catalogue / file, "a", encoding="utf-8") as to:
            to.write("\n".join(lines) + "\n")
    today = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=ahead))).date()
    return str(catalogue), today


def slots_of(daemon, service, dates, pool="general"):
    path = f"/v1/branches/{BRANCH}/services/{service}/slots"
    found = []
    for date in dates:
        found += daemon.request("GET", f"{path}?date={date}&pool={pool}").json["slots"]
    return {slot["id"]: slot for slot in found}
