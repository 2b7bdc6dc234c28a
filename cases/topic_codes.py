"""Topics over the API: codes outside, a mask inside (SAM-3)."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from cases import topics


@extend_schema_field(serializers.ListField(child=serializers.SlugField()))
class TopicCodes(serializers.Field):
    """The topics that a text is about, by code, and as a mask in the database."""

    def to_representation(self, value):
        return topics.codes_of(value, self.context["topics"])

    def to_internal_value(self, data):
        codes = serializers.ListField(child=serializers.SlugField(max_length=50)).run_validation(data)
        try:
            return topics.mask_of(codes)
        except KeyError:
            raise serializers.ValidationError("Ämnet finns inte.") from None
