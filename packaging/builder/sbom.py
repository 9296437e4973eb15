"""Writes down what a build consists of, as a CycloneDX 1.6 document (https://cyclonedx.org/).

The same build gives the same bytes: its number follows from its contents, and its time is that
of the source.
"""

from __future__ import annotations

import platform
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import Distribution, distribution
from pathlib import Path

from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from builder.licences import licence_of
from builder.places import VERSION, epoch
from builder.shipped import PROGRAM, name_of, shipped_distributions
from builder.system_libraries import DebianPackage

QT_LICENCE = "LGPL-3.0-only"
_NAMESPACE = uuid.UUID("5e2f2d1c-8e0f-4c39-9a3c-0c2f1f2a7b53")


def write_sbom(path: Path, *, is_frozen: bool, packages: Iterable[DebianPackage] = ()) -> None:
    """What the wheel asks for; frozen, also Python itself, Qt, PyInstaller's loader and the
    libraries of the system. Raises ValueError if the document does not fit its schema."""
    document = _document(_components(is_frozen=is_frozen, packages=packages))
    told = JsonV1Dot6(document).output_as_string(indent=2)
    wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(told)
    if wrong is not None:
        raise ValueError(f"not a CycloneDX document: {wrong}")
    path.write_text(told + "\n", encoding="utf-8")


def _document(components: list[Component]) -> Bom:
    program = Component(
        name=PROGRAM,
        version=VERSION,
        type=ComponentType.APPLICATION,
        bom_ref=f"pkg:pypi/{PROGRAM}@{VERSION}",
        purl=PackageURL("pypi", name=PROGRAM, version=VERSION),
        licenses=[LicenseExpression("MIT")],
    )
    said = "\n".join(str(component.purl) for component in [program, *components])
    document = Bom(components=components, serial_number=uuid.uuid5(_NAMESPACE, said))
    document.metadata.timestamp = datetime.fromtimestamp(epoch(), UTC)
    document.metadata.component = program
    document.register_dependency(program, components)
    return document


def _components(*, is_frozen: bool, packages: Iterable[DebianPackage]) -> list[Component]:
    found = [_of_distribution(one) for one in shipped_distributions()]
    if is_frozen:
        loader = distribution("pyinstaller")
        qt = distribution("PySide6-Essentials").version
        found += [
            _component("generic", "cpython", platform.python_version(), "Python-2.0"),
            _component("generic", "qt", qt, QT_LICENCE),
            _component("pypi", name_of(loader), loader.version, ""),
        ]
        found += [_of_package(one) for one in packages]
    return found


def _of_distribution(found: Distribution) -> Component:
    return _component("pypi", name_of(found), found.version, licence_of(found))


def _of_package(package: DebianPackage) -> Component:
    component = _component("deb", package.name, package.version, "", namespace="debian")
    component.purl = PackageURL(
        "deb", "debian", package.name, package.version, {"arch": package.architecture}
    )
    return component


def _component(
    kind: str, name: str, version: str, licence: str, *, namespace: str | None = None
) -> Component:
    address = PackageURL(kind, namespace, name, version)
    return Component(
        name=name,
        version=version,
        type=ComponentType.LIBRARY,
        bom_ref=str(address),
        purl=address,
        licenses=[LicenseExpression(licence)] if licence else [],
    )
