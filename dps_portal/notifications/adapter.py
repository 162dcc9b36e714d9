"""Account mail goes through the outbox like everything else, so that timing tells nothing."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.utils import timezone

from dps_portal.accounts.models import User

from .services import store


class OutboxAdapter(DefaultAccountAdapter):
    def send_mail(self, template_prefix, email, context):
        context = {"origin": settings.PORTAL_ORIGIN, **context}
        message = self.render_mail(template_prefix, email, context)
        person = User.objects.filter(email__iexact=email).first()
        store(person or email, message.subject, message.body, at=timezone.now())
