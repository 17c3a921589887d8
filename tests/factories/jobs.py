import factory
from django.utils import timezone

from apps.core.dates import business_day
from apps.jobs.models import Occurrence


class OccurrenceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Occurrence

    job = factory.Sequence("job-{}".format)
    on = factory.LazyFunction(business_day)
    due_at = factory.LazyFunction(timezone.now)
