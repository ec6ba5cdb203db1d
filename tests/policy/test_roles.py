"""Roles: one list, one name each; pages, templates and the demo use no other."""

from __future__ import annotations

import importlib
import pkgutil
import re

from remit.demo import firm
from remit.policy.model import ROLE_NAMES, ROLES, role_name, roles_told
from remit.web import pages
from remit.web.render import TEMPLATES, roles

_HAS = re.compile(r"viewer\.has\(([^)]*)\)")


def test_pages_name_no_role_that_the_policies_do_not_know() -> None:
    for found in pkgutil.iter_modules(pages.__path__):
        module = importlib.import_module(f"remit.web.pages.{found.name}")
        for name, value in vars(module).items():
            if name in ("ROLES", "SELLERS") or name.startswith("MAY_"):
                named = {one if isinstance(one, str) else one[0] for one in value}
                assert named <= set(ROLES), f"{found.name}.{name}"
        menu = getattr(module, "NAV", None)
        assert menu is None or menu.roles is None or menu.roles <= set(ROLES), found.name


def test_templates_name_no_role_that_the_policies_do_not_know() -> None:
    for path in sorted(TEMPLATES.rglob("*.html")):
        for named in _HAS.findall(path.read_text()):
            assert set(re.findall(r'"(\w+)"', named)) <= set(ROLES), path.name


def test_nobody_of_the_demo_has_a_role_that_the_policies_do_not_know() -> None:
    assert {role for _, role, *_ in firm._OTHERS} <= set(ROLES)


def test_roles_are_told_by_the_names_that_people_know() -> None:
    assert set(ROLES) == set(ROLE_NAMES)
    assert role_name("sdr") == "SDR" and role_name("operations") == "Revenue operations"
    assert role_name("floor_lead") == "Floor lead", "a role of no rule keeps its own word"
    assert roles({"vp", "sdr", "manager"}) == "SDR, Sales manager, VP sales"
    assert roles_told(["ae", "manager", "vp"]) == "an AE, a sales manager or the VP sales"
    assert roles_told([]) == roles_told(["*"]) == "any person"
