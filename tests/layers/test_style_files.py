"""Administrators give a layer's style as a file."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from layers.admin import LayerSettingForm
from layers.styling.sld import sld_document
from tests.world import declared_layers

pytestmark = pytest.mark.django_db
_VALUES = {"layer": "water", "published": "on", "position": "1", "visible": "on", "on_wall": "on", "cadence": "as_needed"}


def _form(content: bytes) -> LayerSettingForm:
    return LayerSettingForm(_VALUES, {"style_file": SimpleUploadedFile("style.sld", content)})


def test_sld_becomes_the_style() -> None:
    """The parts of the file, in MapLibre's words."""
    water = next(layer for layer in declared_layers() if layer.name == "water")
    form = _form(sld_document([water], {"default": "light"}))
    assert form.is_valid(), form.errors
    assert [part["type"] for part in form.cleaned_data["style"]][:2] == ["fill", "line"]
    assert form.save().style == form.cleaned_data["style"]


def test_what_is_not_held_is_named_and_nothing_is_saved() -> None:
    """Beside the field."""
    rule = b"<FeatureTypeStyle><Rule><RasterSymbolizer/></Rule></FeatureTypeStyle>"
    form = _form(b"<StyledLayerDescriptor><UserStyle>" + rule + b"</UserStyle></StyledLayerDescriptor>")
    assert not form.is_valid()
    assert "RasterSymbolizer" in str(form.errors["style_file"])
