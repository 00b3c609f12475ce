"""Meta's WhatsApp Cloud API as a channel: webhooks in, messages out, files both ways."""
