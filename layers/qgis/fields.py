"""Fields of a layer as QGIS's forms show them: Vietnamese words with the registry's names, codes by their words, what must be
filled in, what may be changed."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from lxml import etree

from gis_core.access import Scope
from gis_core.models import SpatialRow
from layers.attributes import Attribute, attributes
from layers.layer import FeatureLayer
from layers.qgis.options import add_option

_DERIVED = frozenset({"is_demo", "updated_at", "version"})


def add_fields(parent: etree._Element, layer: FeatureLayer, scope: Scope) -> None:
    """Field configuration, aliases, constraints and the form, as children of a layer."""
    known = attributes(layer)
    writable = writable_names(layer, scope)
    _configuration(parent, known)
    aliases = etree.SubElement(parent, "aliases")
    for number, attribute in enumerate(known):
        etree.SubElement(aliases, "alias", {"field": attribute.name, "index": str(number), "name": alias(layer, attribute)})
    _constraints(parent, known, writable)
    editable = etree.SubElement(parent, "editable")
    for attribute in known:
        etree.SubElement(editable, "field", {"name": attribute.name, "editable": "1" if attribute.name in writable else "0"})
    etree.SubElement(parent, "editorlayout").text = "tablayout"
    _form(parent, known, writable)
    etree.SubElement(parent, "previewExpression").text = f'"{layer.label_field}"' if layer.label_field else ""


def alias(layer: FeatureLayer, attribute: Attribute) -> str:
    """The words for people, with the name that the land registry's formats use, where there is one."""
    registry = layer.registry_names.get(attribute.name)
    return f"{attribute.label} ({registry})" if registry else attribute.label


def writable_names(layer: FeatureLayer, scope: Scope) -> frozenset[str]:
    """The attributes that this person may change through QGIS."""
    if layer.editor is None or not layer.reach(scope, "change"):
        return frozenset()
    named = getattr(layer.editor, "writable", ())
    own = {a.name for a in attributes(layer) if not a.part and a.name not in _DERIVED and a.source.editable}
    return frozenset(own & set(named) if named else own)


def _configuration(parent: etree._Element, known: Sequence[Attribute]) -> None:
    configuration = etree.SubElement(parent, "fieldConfiguration")
    for attribute in known:
        field = etree.SubElement(configuration, "field", {"name": attribute.name, "configurationFlags": "None"})
        kind, options = _widget(attribute)
        config = etree.SubElement(etree.SubElement(field, "editWidget", {"type": kind}), "config")
        add_option(config, options)


def _widget(attribute: Attribute) -> tuple[str, Mapping[str, Any]]:
    """QGIS's editor of a field and its settings."""
    choices = attribute.choices or _codes(attribute)
    if choices:
        return "ValueMap", {"map": [{words: str(code)} for code, words in choices.items()]}
    if attribute.kind == "boolean":
        return "CheckBox", {"CheckedState": "true", "UncheckedState": "false"}
    if attribute.kind == "date":
        return "DateTime", {"allow_null": True, "calendar_popup": True, "display_format": "dd/MM/yyyy", "field_format": "yyyy-MM-dd"}
    if attribute.kind == "date-time":
        return "DateTime", {"allow_null": True, "calendar_popup": True, "display_format": "dd/MM/yyyy HH:mm", "field_iso_format": True}
    return "TextEdit", {"IsMultiline": isinstance(attribute.column, models.TextField) and attribute.kind == "string", "UseHtml": False}


def _codes(attribute: Attribute) -> dict[Any, str]:
    """The words of a small code table behind a reference."""
    if attribute.related is None or issubclass(attribute.related, SpatialRow):
        return {}
    rows = attribute.related._default_manager.order_by("pk")[:500]
    return {row.pk: str(row) for row in rows}


def _constraints(parent: etree._Element, known: Sequence[Attribute], writable: frozenset[str]) -> None:
    constraints, expressions = etree.SubElement(parent, "constraints"), etree.SubElement(parent, "constraintExpressions")
    for attribute in known:
        needed = attribute.name in writable and not attribute.nullable and not attribute.column.blank and not attribute.column.has_default()
        text, words = _limit(attribute) if attribute.name in writable else ("", "")
        strength = {"notnull_strength": "1" if needed else "0", "unique_strength": "0", "exp_strength": "1" if text else "0"}
        kinds = (1 if needed else 0) + (4 if text else 0)
        etree.SubElement(constraints, "constraint", {"field": attribute.name, "constraints": str(kinds), **strength})
        etree.SubElement(expressions, "constraint", {"field": attribute.name, "exp": text, "desc": words})


def _limit(attribute: Attribute) -> tuple[str, str]:
    """(expression, words) of what a value has to keep to; empty where there is nothing to say."""
    column, name = attribute.column, f'"{attribute.name}"'
    if isinstance(column, models.PositiveIntegerField | models.PositiveSmallIntegerField):
        return f"{name} IS NULL OR {name} >= 0", _("not below 0")
    limit = getattr(column, "max_length", None)
    if attribute.kind == "string" and limit and not attribute.choices:
        return f"{name} IS NULL OR length({name}) <= {limit}", _("at most %(limit)d characters") % {"limit": limit}
    return "", ""


def _form(parent: etree._Element, known: Sequence[Attribute], writable: frozenset[str]) -> None:
    """Two tabs: what this person may change, and the rest."""
    form = etree.SubElement(parent, "attributeEditorForm")
    groups = (
        (_("To edit"), [a for a in known if a.name in writable]),
        (_("For information"), [a for a in known if a.name not in writable]),
    )
    for title, members in groups:
        if not members:
            continue
        tab = etree.SubElement(form, "attributeEditorContainer", {"name": title, "groupBox": "0", "columnCount": "1", "showLabel": "1"})
        for attribute in members:
            index = str(known.index(attribute))
            etree.SubElement(tab, "attributeEditorField", {"name": attribute.name, "index": index, "showLabel": "1"})
