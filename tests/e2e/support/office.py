"""Two offices that are open all day, every day, and their staff's keys."""

import base64
import hashlib
import os
import pathlib
import secrets

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def write_catalogue(directory):
    """`passport` is confirmed at once, `permit` waits two hours for payment, `visa` is released each
    Monday at eight, the week that follows; of `exam` seats that are given up come back after an
    hour or two; check-in opens a day
    before, so that it is open now for any slot of the next hours."""
    to = pathlib.Path(directory)
    to.mkdir(parents=True, exist_ok=True)
    files = {
        "branches.csv": ["branch_id,name,state,state_code,kind,city,timezone",
                         "north,North,Selangor,MY-10,branch,North,Asia/Kuala_Lumpur",
                         "south,South,Selangor,MY-10,branch,South,Asia/Kuala_Lumpur"],
        "hours.csv": ["kind,state_code,weekday,open,close"]
                     + [f"branch,MY-10,{day},00:00,23:45" for day in WEEKDAYS],
        "breaks.csv": ["kind,state_code,weekday,start,end"],
        "services.csv": ["service_id,name_ms,name_en,name_id,applicant_categories,needs_group,progress,note",
                         "passport,Pasport,Passport,Paspor,citizen,no,received;in_process;ready;collected,",
                         "permit,Permit,Permit,Izin,citizen,no,,",
                         "visa,Visa,Visa,Visa,foreigner,no,,",
                         "exam,Ujian,Exam,Ujian,citizen,no,,"],
        "holidays.csv": ["date,state_code,name,type"],
        "offers.csv": ["kind,branch_id,service_id,pool,percent,first_day,last_day",
                       "branch,,passport,general,,,", "branch,,permit,general,,,",
                       "branch,,visa,general,,,", "branch,,exam,general,,,"],
        "schedule.csv": ["service_id,kind,branch_id,slot_minutes,capacity,hold_seconds,lead_minutes,"
                         "horizon_days,seats_max,extensions_max,approval_minutes,check_in_minutes,release,"
                         "freed_seats",
                         ",,,15,2,600,0,30,1,,,1440,,", "permit,,,,,,,,,2,120,,,",
                         "visa,,,,,,,,,,,,weekly mon 08:00 1,", "exam,,,,,,,,,,,,,after 60 120"],
    }
    for name, lines in files.items():
        (to / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(to)


class Keys:
    """A file of access keys, as `janjictl key` writes it."""

    def __init__(self, data):
        self.file = pathlib.Path(data) / "access_keys.csv"
        self.rows = []

    def add(self, scopes, branch=""):
        number = len(self.rows) + 1
        secret = base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=")
        digest = hashlib.blake2b(secret, digest_size=32).hexdigest()
        self.rows.append([str(number), f"key{number}", scopes, branch, digest, "1", "0"])
        self.save()
        return f"jk_{number}_{secret.decode()}"

    def revoke(self, token):
        self.rows[int(token.split("_")[1]) - 1][6] = "2"
        self.save()

    def save(self):
        lines = ["number,name,scopes,branch,hash,created_ms,revoked_ms"]
        lines += [",".join(row) for row in self.rows]
        new = self.file.with_suffix(".new")
        new.touch(mode=0o600)
        new.write_text("\n".join(lines) + "\n", encoding="utf-8")
        os.replace(new, self.file)
