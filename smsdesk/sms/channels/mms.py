"""MMS: text and pictures by way of the phone network, in the USA and Canada."""

from smsdesk.sms.channels.channel import Address, Channel, Pictures, plain_ttl

MMS = Channel(
    name="mms",
    title="MMS",
    recipient=Address.NUMBER,
    sender=Address.NUMBER,
    # Vonage names no limit; that of SMS is kept.
    longest_text=3200,
    usual_text=1000,
    ttl_s=(300, 259_200),
    # They may have 2 MB at the most, which nobody can see from an address.
    pictures=Pictures((".jpg", ".jpeg", ".png", ".gif", ".bmp"), 3000),
    own_fields=plain_ttl,
)
