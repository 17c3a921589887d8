import datetime as dt

import factory

from apps.core.dates import moment_on
from apps.office.documents.content import Block, Content, Frame, Style, to_json
from apps.office.documents.enums import DocumentKind
from apps.office.models import Document, DocumentSeries

from .office import AttachmentFactory


def brief(**frame):
    """A short 简报 without numbers."""
    return Content(
        kind=DocumentKind.BRIEF,
        title="防汛救灾工作情况",
        frame=Frame(
            **{
                "name": "防汛救灾工作简报",
                "issuer": "省直机关工委办公室",
                "report_to": "工委领导",
                **frame,
            }
        ),
        blocks=(
            Block(Style.LEVEL_1, ("一、总体情况",)),
            Block(Style.BODY, ("各单位按要求开展工作。",)),
        ),
    )


class DocumentSeriesFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DocumentSeries

    code = factory.Sequence("series-{}".format)
    kind = DocumentKind.BRIEF
    name = "防汛救灾工作简报"
    issuer = "省直机关工委办公室"
    report_to = "工委领导"


class DocumentFactory(factory.django.DjangoModelFactory):
    """A 送审稿 whose file says nothing; documents that are read back are made by the service."""

    class Meta:
        model = Document

    series = factory.SubFactory(DocumentSeriesFactory)
    kind = factory.SelfAttribute("series.kind")
    subject = factory.Sequence("subject-{}".format)
    title = "防汛救灾工作情况"
    about_on = dt.date(2021, 8, 5)
    content = factory.LazyFunction(lambda: to_json(brief()))
    draft_file = factory.SubFactory(AttachmentFactory, name="简报.docx")
    made_at = factory.LazyAttribute(lambda row: moment_on(row.about_on, dt.time(22, 0)))
