import datetime as dt

import factory

from apps.core.dates import moment_on
from apps.daily.models import CampaignDocument

from .campaigns import CampaignFactory
from .office_documents import DocumentFactory


class CampaignDocumentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CampaignDocument

    document = factory.SubFactory(DocumentFactory)
    campaign = factory.SubFactory(CampaignFactory)
    on = factory.SelfAttribute("document.about_on")
    until = factory.LazyAttribute(lambda row: moment_on(row.on, dt.time(22, 0)))
