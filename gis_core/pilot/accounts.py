"""Demo sign-ins: one account a kind of work, with random passwords that are written to a file for the operator only."""

import os
import secrets
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings

from gis_core.models import AdminUnit, Jurisdiction, Role, User
from gis_core.pilot.steps import Run, pilot_step

FILE = "demo_accounts.txt"
_CITY = "48"


@dataclass(frozen=True)
class Account:
    """A sign-in: its name, what it is for, its role and the code of the unit (in force today) it works in."""

    username: str
    name: str
    description: str
    role: Role
    unit: str


ACCOUNTS = (
    Account("officer.tamky", "Cán bộ địa chính Tam Kỳ", "Cán bộ địa chính phường Tam Kỳ (20341)", Role.LAND_OFFICER, "20341"),
    Account("officer.banthach", "Cán bộ địa chính Bàn Thạch", "Cán bộ địa chính phường Bàn Thạch (20335)", Role.LAND_OFFICER, "20335"),
    Account("approver.tamky", "Người duyệt Tam Kỳ", "Duyệt hồ sơ đất đai phường Tam Kỳ (20341)", Role.APPROVER, "20341"),
    Account("dispatcher", "Điều phối viên", "Điều phối phản ánh hiện trường toàn thành phố", Role.DISPATCHER, _CITY),
    Account("field", "Cán bộ hiện trường", "Xử lý phản ánh tại phường Tam Kỳ (20341)", Role.FIELD_STAFF, "20341"),
    Account("analyst", "Chuyên viên phân tích", "Phân tích dữ liệu toàn thành phố", Role.ANALYST, _CITY),
    Account("operator", "Trực màn hình IOC", "Màn hình lớn của trung tâm điều hành", Role.OPERATOR, _CITY),
    Account("leader", "Lãnh đạo", "Xem mọi lớp dữ liệu", Role.LEADER, _CITY),
    Account("security", "Trực ban an ninh", "Xem và ghi lớp an ninh phường Tam Kỳ (20341)", Role.SECURITY, "20341"),
    Account("admin", "Quản trị hệ thống", "Quản trị toàn hệ thống", Role.ADMINISTRATOR, _CITY),
)


def _clear() -> None:
    """Delete the demo accounts and the file with their passwords."""
    User.objects.filter(is_demo=True).delete()
    (Path(settings.DATA_DIR) / FILE).unlink(missing_ok=True)


@pilot_step("accounts", clear=_clear, after=("admin_units",))
def load_accounts(run: Run, _part: str) -> int:
    """Make the accounts that are not there; an account that somebody else made keeps its password and rights."""
    units = _units(run.day)
    lines = []
    for account in ACCOUNTS:
        password = secrets.token_urlsafe(9)
        user, made = User.objects.get_or_create(username=account.username, defaults={"is_demo": True, "first_name": account.name})
        if made:
            user.set_password(password)
            user.is_staff = user.is_superuser = account.role == Role.ADMINISTRATOR
            user.save()
            Jurisdiction.objects.get_or_create(user=user, role=account.role, unit=units[account.unit])
            lines.append(f"{account.username}\t{password}\t{account.description} (minh họa)\n")
    if lines:
        _write("".join(lines))
    run.progress.advance(len(lines))
    return len(lines)


def _units(day: date) -> dict[str, AdminUnit]:
    """The units of today's generation that the accounts work in; before the reform of 2025 they did not exist."""
    first_day = max(day, date(2025, 7, 1))
    return {unit.code: unit for unit in AdminUnit.objects.as_of(first_day).exclude(level=AdminUnit.Level.DISTRICT)}


def _write(text: str) -> None:
    """Passwords for the eyes of the service's owner only: the file is made with mode 0600, not changed to it later."""
    path = Path(settings.DATA_DIR) / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
