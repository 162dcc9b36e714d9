"""What a bid asks for and a contract pays, as columns."""

from django.db import models

from tenders import rules


class Quoted(models.Model):
    """A week's price, and what a stay costs besides its weeks where stays are compared (R7.11)."""

    weekly_pence = models.BigIntegerField()
    detox_pence = models.PositiveBigIntegerField(default=0)
    one_off_pence = models.PositiveBigIntegerField(default=0)
    discount_pence = models.PositiveBigIntegerField(default=0)

    class Meta:
        abstract = True

    @property
    def quote(self) -> rules.Quote:
        return rules.Quote.of(vars(self), self.tender.compared_weeks)
