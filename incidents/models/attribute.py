"""What is asked about a category beside the common questions."""

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from incidents.models.category import IncidentCategory


class CategoryAttribute(models.Model):
    """A question of one category: an Open311 service attribute, and a question of the XForm.

    `values` are lines `key: words` of the lists; `is_asked` False makes it a remark that expects no answer (Open311 `variable`).
    """

    class Kind(models.TextChoices):
        """Data types of GeoReport v2."""

        STRING = "string", _("short text")
        TEXT = "text", _("long text")
        NUMBER = "number", _("number")
        DATETIME = "datetime", _("date and time")
        ONE = "singlevaluelist", _("one of a list")
        MANY = "multivaluelist", _("several of a list")

    category = models.ForeignKey(IncidentCategory, models.CASCADE, related_name="questions", verbose_name=_("category"))
    code = models.SlugField(_("code"), max_length=40)
    kind = models.CharField(_("type"), max_length=16, choices=Kind.choices, default=Kind.STRING)
    question = models.CharField(_("question"), max_length=200)
    hint = models.CharField(_("hint"), max_length=200, blank=True)
    values = models.TextField(_("values of the list"), blank=True, help_text=_("One a line, “key: words”."))
    required = models.BooleanField(_("required"), default=False)
    is_asked = models.BooleanField(_("expects an answer"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=100)

    class Meta:
        verbose_name = _("question of a category")
        verbose_name_plural = _("questions of categories")
        ordering = ("position", "pk")
        constraints = [models.UniqueConstraint(fields=["category", "code"], name="question_once")]

    def __str__(self) -> str:
        return self.question

    def choices(self) -> dict[str, str]:
        """Key → words of a list."""
        pairs = (line.partition(":") for line in self.values.splitlines() if line.strip())
        return {key.strip(): words.strip() or key.strip() for key, _colon, words in pairs}
