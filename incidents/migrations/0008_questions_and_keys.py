"""What a category asks, and the keys of Open311 applications."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = (("incidents", "0004_workflow"),)
    dependencies = [
        ("incidents", "0007_instructions"),
    ]

    operations = [
        migrations.CreateModel(
            name="CategoryAttribute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, verbose_name="code")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("string", "short text"),
                            ("text", "long text"),
                            ("number", "number"),
                            ("datetime", "date and time"),
                            ("singlevaluelist", "one of a list"),
                            ("multivaluelist", "several of a list"),
                        ],
                        default="string",
                        max_length=16,
                        verbose_name="type",
                    ),
                ),
                ("question", models.CharField(max_length=200, verbose_name="question")),
                ("hint", models.CharField(blank=True, max_length=200, verbose_name="hint")),
                ("values", models.TextField(blank=True, help_text="One a line, “key: words”.", verbose_name="values of the list")),
                ("required", models.BooleanField(default=False, verbose_name="required")),
                ("is_asked", models.BooleanField(default=True, verbose_name="expects an answer")),
                ("position", models.PositiveSmallIntegerField(default=100, verbose_name="position")),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="questions",
                        to="incidents.incidentcategory",
                        verbose_name="category",
                    ),
                ),
            ],
            options={
                "verbose_name": "question of a category",
                "verbose_name_plural": "questions of categories",
                "ordering": ("position", "pk"),
            },
        ),
        migrations.CreateModel(
            name="Open311Key",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="application")),
                ("contact", models.EmailField(blank=True, max_length=254, verbose_name="contact")),
                ("digest", models.CharField(editable=False, max_length=64, unique=True)),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
            ],
            options={
                "verbose_name": "Open311 key",
                "verbose_name_plural": "Open311 keys",
            },
        ),
        migrations.AddConstraint(
            model_name="categoryattribute",
            constraint=models.UniqueConstraint(fields=("category", "code"), name="question_once"),
        ),
    ]
