"""The words and sentences by code, in English, the language of the source.

`wording` chooses among them and translates; nothing else reads them. `N_` and `NN_` only mark a
text for the translators' tools.
"""

from __future__ import annotations

from collections.abc import Mapping

from smsdesk.sms.state import HeldReason, State


def N_(text: str) -> str:  # noqa: N802 - gettext's customary name, which its tools look for
    """Mark a text for translation, and leave it as it is."""
    return text


def NN_(one: str, many: str) -> tuple[str, str]:  # noqa: N802 - as above
    """Mark a text with its plural for translation by ngettext, and leave both as they are."""
    return one, many


STATE_WORDS: Mapping[State, str] = {
    State.DRAFT: N_("Draft"),
    State.SCHEDULED: N_("Scheduled"),
    State.QUEUED: N_("Waiting"),
    State.HELD: N_("On hold"),
    State.SENDING: N_("Sending"),
    State.UNKNOWN: N_("Needs review"),
    State.ACCEPTED: N_("Accepted"),
    State.SUBMITTED: N_("Sent"),
    State.DELIVERED: N_("Delivered"),
    State.READ: N_("Read"),
    State.UNDELIVERABLE: N_("Not delivered"),
    State.REJECTED: N_("Refused"),
    State.FAILED: N_("Failed"),
    State.CANCELLED: N_("Cancelled"),
    State.RECEIVED: N_("Received"),
}

FILTER_WORDS: Mapping[str, str] = {
    "all": N_("All"),
    "replies": N_("Replies"),
    "waiting": N_("Waiting"),
    "sent": N_("Sent"),
    "delivered": N_("Delivered"),
    "failed": N_("Failed"),
    "review": N_("Needs review"),
}

STATE_SENTENCES: Mapping[State, str] = {
    State.DRAFT: N_("Not sent yet."),
    State.SCHEDULED: N_("Waits for its time."),
    State.QUEUED: N_("Stored, and waiting for its turn."),
    State.HELD: N_("On hold."),
    State.SENDING: N_("On its way to Vonage."),
    State.UNKNOWN: N_("This message may or may not have been sent."),
    State.ACCEPTED: N_("Vonage has taken it. Whether it was delivered is not known yet."),
    State.SUBMITTED: N_("Vonage has passed it to the carrier. A receipt has not come yet."),
    State.DELIVERED: N_("The carrier says that it arrived on the phone."),
    State.READ: N_("The person has opened it."),
    State.UNDELIVERABLE: N_("Not delivered."),
    State.REJECTED: N_("Refused after Vonage had taken it."),
    State.FAILED: N_("Not sent."),
    State.CANCELLED: N_("Cancelled before it was sent."),
    State.RECEIVED: N_("Received."),
}

HELD_SENTENCES: Mapping[HeldReason, str] = {
    HeldReason.PAUSED: N_("On hold because sending is paused. Press Resume to go on."),
    HeldReason.AUTH: N_(
        "On hold: Vonage refused your credentials. Check them in Settings; nothing is lost."
    ),
    HeldReason.BALANCE: N_(
        "On hold: the Vonage account has no credit left. Top it up, then press Resume."
    ),
    HeldReason.CONFIG: N_(
        "On hold: the set-up does not work yet. The status bar says what is missing."
    ),
    HeldReason.STALE: N_(
        "On hold: its time passed while the program was not running. Choose another time, resume "
        "it or cancel it."
    ),
    HeldReason.RESTORED_DB: N_(
        "On hold: the message log is older than the one last used here, so this message may have "
        "been sent already. Cancel it, or press Resume if you are sure."
    ),
    HeldReason.CLOCK: N_("On hold: the computer's clock jumped. Check it, then press Resume."),
    HeldReason.DISK: N_(
        "On hold: the disk is nearly full. Free some space and sending goes on by itself."
    ),
    HeldReason.KEY_LOCKED: N_(
        "On hold: the private key or the keyring cannot be read just now. Unlock it, then press "
        "Resume."
    ),
    HeldReason.BATCH_SUSPICIOUS: N_(
        "On hold: Vonage refused too many messages of the same Send. Look at one of them, then "
        "press Resume or cancel the rest."
    ),
    HeldReason.QUIET_HOURS: N_(
        "On hold: quiet hours where the recipient is. It leaves by itself after them."
    ),
    HeldReason.CRASHED: N_(
        "On hold: the sender met an error that we did not foresee. Look at what needs review, "
        "then press Resume."
    ),
    HeldReason.BATCH_PAUSED: N_(
        "On hold because you paused its batch. Open the batch and press Resume to go on."
    ),
    HeldReason.CONFIRMATION: N_(
        "On hold until a second person confirms its batch. Open the batch to confirm or cancel "
        "it."
    ),
}

UNKNOWN_SENTENCES: Mapping[str, str] = {
    "quit": N_(
        "This message may or may not have been sent: you quit the program while it was on its way."
    ),
    "crash": N_(
        "This message may or may not have been sent: the program ended while it was on its way."
    ),
    "closed": N_(
        "This message may or may not have been sent: the connection broke after we handed it "
        "over."
    ),
    "reset": N_(
        "This message may or may not have been sent: the connection broke after we handed it "
        "over."
    ),
    "cut": N_(
        "This message may or may not have been sent: the connection broke in the middle of "
        "Vonage's answer."
    ),
    "garbled": N_(
        "This message may or may not have been sent: the answer could not be understood."
    ),
    "deadline": N_(
        "This message may or may not have been sent: Vonage did not answer within a minute."
    ),
    "timeout": N_("This message may or may not have been sent: Vonage did not answer in time."),
    "aborted": N_(
        "This message may or may not have been sent: it was broken off while on its way."
    ),
    "tls": N_(
        "This message may or may not have been sent: the secure connection broke after we began "
        "to hand it over."
    ),
    "local": N_(
        "This message may or may not have been sent: an error on this computer came between."
    ),
    "no_id": N_(
        "This message was probably sent: Vonage answered that it had taken something, but "
        "without the message's id."
    ),
}

EARLIER_TRY = N_("An earlier try may have been sent.")
VOUCHED = N_("You decided that it counts as sent; Vonage has not confirmed it.")

ALARM_SENTENCES: Mapping[str, str] = {
    "contradiction": N_("What Vonage reports contradicts our record; both are in its life."),
    "two_sends": N_("Vonage reports two sends under one reference."),
}

EVENT_SENTENCES: Mapping[tuple[str, str], str] = {
    ("desk", "queued"): N_("Stored"),
    ("desk", "scheduled"): N_("Scheduled"),
    ("desk", "expired"): N_("Expired before it was sent"),
    ("desk", "opted_out"): N_("Not sent: the recipient opted out"),
    ("desk", "held"): N_("On hold"),
    ("desk", "received"): N_("Received"),
    ("webhook", "received"): N_("Brought by a webhook"),
    ("report", "received"): N_("Found in Vonage's reports"),
    ("recipient", "opted_out"): N_("It asked for no more messages"),
    ("recipient", "allowed_again"): N_("It asked for messages again"),
    ("vonage", "opted_out"): N_("Vonage says that the recipient has opted out"),
    ("sender", "sending"): N_("Handed to the line"),
    ("sender", "accepted"): N_("Accepted by Vonage as {detail}"),
    ("sender", "not_sent"): N_("Not sent; it stays in the queue."),
    ("sender", "too_many"): N_("Vonage asked us to go slower; it stays in the queue."),
    ("sender", "refused"): N_("Refused by Vonage."),
    ("sender", "refused_all"): N_("Refused by Vonage; it stays in the queue."),
    ("sender", "unknown"): N_("No clear answer."),
    ("sender", "interrupted"): N_("Interrupted: the program ended"),
    ("sender", "held_back"): N_("Held back: quiet hours where the recipient is"),
    ("person", "cancelled"): N_("Cancelled by you"),
    ("person", "rescheduled"): N_("You chose another time"),
    ("person", "sent_late"): N_("You decided: send it although its time was over"),
    ("person", "let_through"): N_("You decided: send in spite of quiet hours"),
    ("person", "treated_as_sent"): N_("You decided: treat as sent"),
    ("person", "sent_again"): N_("You decided: send again (possible duplicate)"),
    ("person", "left_as_unknown"): N_("You looked at it and left it open"),
    ("*", "accepted"): N_("Vonage has it"),
    ("*", "submitted"): N_("Passed to the carrier"),
    ("*", "delivered"): N_("Delivered"),
    ("*", "read"): N_("Read"),
    ("*", "undeliverable"): N_("Not delivered {detail}"),
    ("*", "rejected"): N_("Refused {detail}"),
}

PROBLEM_SENTENCES: Mapping[tuple[str, str], str] = {
    ("from", "empty"): N_("Say who the message is from: a number of yours, or a name."),
    ("from", "too_long"): N_("A sender name has at most 11 letters and digits."),
    ("from", "bad_characters"): N_(
        "A sender name has only the letters A to Z and digits, without spaces or accents."
    ),
    ("from", "bad_number"): N_(
        "The sender is not a full number. Write it with its country code, such as +44…"
    ),
    ("from", "name_refused"): N_(
        "{input}: no sender name is let through. Send from a number that is accepted there."
    ),
    ("from", "name_must_be_registered"): N_(
        "{input}: a sender name must be registered first; others are blocked or marked."
    ),
    ("from", "name_needs_dlt"): N_(
        "{input}: a sender name works only for a business that registered it, and the text, "
        "with DLT; others are replaced or blocked."
    ),
    ("from", "number_replaced"): N_(
        "{input}: a number as sender is replaced by another, so nobody can answer it."
    ),
    ("from", "number_not_local"): N_(
        "{input}: only US or Canadian numbers of your account are accepted as sender."
    ),
    ("from", "number_unregistered"): N_(
        "{input}: carriers block numbers that are not registered (10DLC). Register yours at "
        "Vonage, and confirm that here."
    ),
    ("from", "toll_free_unverified"): N_(
        "{input}: carriers block toll-free numbers that are not verified. Verify yours at "
        "Vonage, and confirm that here."
    ),
    ("from", "number_without_sms"): N_("{input} cannot send SMS. Choose another sender."),
    ("from", "number_domestic_only"): N_(
        "{input}: this number sends only within its own country."
    ),
    ("to", "empty"): N_("Enter at least one number."),
    ("to", "not_a_number"): N_("“{input}” is not a phone number."),
    ("to", "too_short"): N_("“{input}” is too short for a phone number."),
    ("to", "too_long"): N_("“{input}” is too long for a phone number."),
    ("to", "no_country"): N_(
        "“{input}” has no country code. Write it with one, such as +44…, or set your country in "
        "Settings."
    ),
    ("to", "unknown_country"): N_("“{input}” begins with a country code that does not exist."),
    ("to", "has_extension"): N_("“{input}” has an extension, and an SMS cannot reach one."),
    ("to", "has_letters"): N_("“{input}” contains letters. Write it in digits."),
    ("to", "spreadsheet"): N_(
        "“{input}” is a number that a spreadsheet has shortened. Format the column as text and "
        "copy it again."
    ),
    ("to", "opted_out"): N_(
        "“{input}” has opted out of messages from this sender. Remove it; who is on the list, and "
        "why, is shown under Message, Opt-outs."
    ),
    ("to", "not_possible"): N_("“{input}” cannot be a phone number of that country."),
    ("to", "duplicate"): N_("“{input}” is there twice; it gets one message."),
    ("to", "not_assigned"): N_(
        "“{input}” is in no range that is known to be in use. It can be sent to all the same."
    ),
    ("entity_id", "not_digits"): N_(
        "“{input}” is no entity ID, which has only digits. Copy it from the DLT portal."
    ),
    ("entity_id", "too_long"): N_(
        "The entity ID has {value} digits; 30 are allowed. Copy it from the DLT portal again."
    ),
    ("entity_id", "unusual_length"): N_(
        "The entity ID has {value} digits; most have 19. It can be sent all the same."
    ),
    ("content_id", "not_digits"): N_(
        "“{input}” is no template ID, which has only digits. Copy it from the DLT portal."
    ),
    ("content_id", "too_long"): N_(
        "The template ID has {value} digits; 30 are allowed. Copy it from the DLT portal again."
    ),
    ("content_id", "unusual_length"): N_(
        "The template ID has {value} digits; most have 19. It can be sent all the same."
    ),
    ("text", "empty"): N_("Write a message."),
    ("text", "too_long"): N_(
        "The message has {value} characters; 3,200 are allowed. Shorten it."
    ),
    ("text", "unfilled"): N_("The template has left {input} open. Write what belongs there."),
    ("text", "many_characters"): N_(
        "The message has {value} characters. Some Vonage accounts take no more than 1,000."
    ),
    ("text", "many_parts"): N_(
        "The message is sent in {value} parts. Phones and networks cope best with 6 or fewer."
    ),
    ("*", "control_characters"): N_(
        "There is an invisible control character in it. Remove it."
    ),
    ("*", "lone_surrogates"): N_("There is half a character in it. Type it again."),
    ("ref", "too_long"): N_("The reference is longer than 100 characters."),
    ("when", "past"): N_("That time is over. Choose a later one."),
    ("*", "empty"): N_("This must not be empty."),
    ("*", "too_long"): N_("This is too long."),
    ("*", ""): N_("“{input}” will not do."),
}

STORE_SENTENCES: Mapping[str, str] = {
    "suppressed": N_(
        "Not sent: the recipient has opted out of messages from this sender. Your text is still "
        "here."
    ),
    "disk_full": N_("Not saved: the disk is full. Your text is still here; free some space."),
    "read_only": N_("Not saved: the message log cannot be written. Your text is still here."),
    "busy": N_(
        "Not saved: another program is using the message log. Your text is still here; try again."
    ),
    "io_error": N_("Not saved: the disk reports an error. Your text is still here."),
    "unsure": N_(
        "The disk does not say whether this was saved. Look at the list, after a new start if "
        "need be, before you send it again. Your text is still here."
    ),
    "damaged": N_(
        "Not saved: the message log is damaged. Your text is still here; close the program and "
        "start it again to repair the log."
    ),
    "store": N_("Not saved: the message log does not answer. Your text is still here."),
}

CAUSE_SENTENCES: Mapping[str, str] = {
    "not_configured": N_("Connect an account in Settings to send"),
    "paused": N_("Paused by you"),
    "crashed": N_("Stopped after an unforeseen error; look at what needs review, then resume"),
    "disk_full": N_("The disk is nearly full"),
    "low_balance": N_("The Vonage account has no credit left"),
    "status_401": N_("Vonage refused your credentials (401); check them in Settings"),
    "status_403": N_("Vonage does not allow this account to send (403)"),
    "redirect": N_("The API address answers with a redirect; check it in Settings"),
    "certificate": N_("The server's certificate is not trusted, so nothing was sent"),
    "proxy_auth": N_("The proxy asks for a password (407); check it in Settings"),
    "proxy": N_("The proxy refuses the connection"),
    "dns": N_("The server's name could not be found"),
    "refused": N_("The server refused the connection"),
    "unreachable": N_("The network cannot be reached"),
    "timeout": N_("The server did not answer in time"),
    "tls": N_("No secure connection could be made"),
    "captive_portal": N_("The network wants you to sign in first"),
    "private": N_("The address is one of a private network"),
    "closed": N_("The connection broke"),
    "reset": N_("The connection broke"),
    "cut": N_("The answer broke off"),
    "garbled": N_("The answer could not be understood"),
    "aborted": N_("It was broken off"),
    "too_many": N_("Vonage asks us to go slower"),
    "deadline": N_("No answer within a minute"),
    "no_id": N_("The answer had no message id"),
    "no_id_again": N_(
        "The server's answers lack message ids; check the API address in Settings"
    ),
    "local": N_("The request could not be made on this computer"),
    "not_committed": N_("It could not be written down, so it was not sent"),
    "damaged": N_("The message log is damaged; close the program and start it again"),
    "io_error": N_("The disk reports an error"),
    "read_only": N_("The message log cannot be written"),
    "busy": N_("Another program is using the message log"),
}

ACCOUNT_SENTENCES: Mapping[tuple[str, str], str] = {
    ("*", "application_id_empty"): N_("Enter the Application ID."),
    ("*", "application_id_malformed"): N_(
        "That is not an Application ID. It looks like "
        "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee; copy it from the application's page at Vonage."
    ),
    ("*", "api_key_empty"): N_("Enter the API key."),
    ("*", "api_key_malformed"): N_("An API key has letters and digits only, usually eight."),
    ("*", "api_secret_malformed"): N_("An API secret has no spaces in it. Copy it again."),
    ("*", "signature_secret_malformed"): N_(
        "A signature secret has no spaces in it. Copy it again."
    ),
    ("*", "signature_secret_empty"): N_(
        "Enter the account's signature secret. Without it no webhook of Vonage's can be told from "
        "a forged one."
    ),
    ("*", "signature_secret_short"): N_(
        "The signature secret is too short to be relied on. Have Vonage make one of at least 32 "
        "characters, and enter that one."
    ),
    ("*", "api_secret_empty"): N_("Enter the API secret."),
    ("*", "private_key_empty"): N_("Choose the private key file."),
    ("*", "api_secret_refused"): N_("Vonage refused the API key or secret. Copy them again."),
    ("*", "application_name_empty"): N_("Give the application a name."),
    ("*", "application_unknown"): N_(
        "This account has no application with that ID. Copy it from the application's page at "
        "Vonage."
    ),
    ("*", "other_applications_key"): N_(
        "That private key belongs to another application. Choose the one made for this "
        "application, or put its public half into the application at Vonage."
    ),
    ("*", "no_capability"): N_(
        "The application cannot send messages yet. Turn on its Messages capability at Vonage."
    ),
    ("*", "token_refused"): N_(
        "Vonage refused the Application ID and private key together (401). The ID is mistyped, or "
        "the key was made for another application."
    ),
    ("*", "number_unknown"): N_("The account has no such number."),
    ("*", "number_not_linked"): N_(
        "Vonage did not link the number to the application. Try again, or link it in the "
        "dashboard."
    ),
    ("*", "webhook_malformed"): N_(
        "That is not a web address. It looks like https://example.com/sms/inbound"
    ),
    ("*", "webhook_not_https"): N_(
        "The address must begin with https://, for messages travel to it."
    ),
    ("*", "webhook_not_public"): N_(
        "Vonage cannot reach this computer by that address. Use your tunnel's public one."
    ),
    ("*", "webhooks_not_kept"): N_(
        "Vonage did not keep the addresses. Look at the application in the dashboard."
    ),
    ("*", "way_in_no_address"): N_(
        "There is no public address yet. Enter one, or open a tunnel."
    ),
    ("*", "way_in_too_long"): N_("That is longer than 2,000 characters. Shorten it."),
    ("*", "tunnel_empty"): N_("Enter the command that opens the tunnel."),
    ("*", "tunnel_malformed"): N_("A quotation mark is missing in the command."),
    ("*", "low_balance"): N_(
        "The Vonage account has no credit left. Top it up; all else is in order."
    ),
    ("*", "captive_portal"): N_(
        "The network wants you to sign in first. Open a web page, sign in, and try again."
    ),
    ("*", "redirect"): N_(
        "The API address answers with a redirect, so it is not Vonage's. Check it in Settings."
    ),
    ("*", "rotation_under_way"): N_(
        "A change of keys is under way already. Finish it, or give it up."
    ),
    ("*", "rotation_not_begun"): N_("No change of keys is under way."),
    ("*", "rotation_not_done"): N_("The new key is not in use yet, so the old one stays."),
    ("*", "exists"): N_(
        "There is a file of that name already, and it is never overwritten. Choose another name."
    ),
    ("*", "no_folder"): N_("The folder for the key file does not exist."),
    ("*", "not_writable"): N_("That folder cannot be written. Choose one of your own."),
    ("*", "disk_full"): N_("The disk is full. Free some space and try again."),
    ("*", "api_url_malformed"): N_(
        "That is not an address of a server. It looks like https://api-eu.nexmo.com"
    ),
    ("*", "api_url_with_password"): N_("The API address must not hold a user or password."),
    ("*", "api_url_scheme"): N_("The API address must begin with https://"),
    ("*", "api_url_not_https"): N_(
        "The API address must begin with https://; plain http is for this computer only."
    ),
    ("*", "proxy_malformed"): N_("That is not an address of a proxy."),
    ("*", "proxy_scheme"): N_("A proxy's address begins with http:// or https://"),
    ("*", "region_unknown"): N_("There is no such country code. Use two letters, such as GB."),
    ("sender", "sender_too_long"): PROBLEM_SENTENCES["from", "too_long"],
    ("sender", "sender_bad_characters"): PROBLEM_SENTENCES["from", "bad_characters"],
    ("sender", "sender_bad_number"): PROBLEM_SENTENCES["from", "bad_number"],
    ("private_key_path", "missing"): N_("There is no private key file at that place."),
    ("private_key_path", "unreadable"): N_("The private key file cannot be read."),
    ("private_key_path", "not_a_file"): N_("That is not a file. Choose the private key file."),
    ("private_key_path", "other_owner"): N_(
        "The private key file belongs to another user. Copy it to a folder of your own."
    ),
    ("private_key_path", "open_to_others"): N_(
        "Other users of this computer can read the private key file. Make it private "
        "(mode 0600)."
    ),
    ("private_key_path", "too_large"): N_("That file is too large for a private key."),
    ("private_key_path", "empty"): N_("The private key file is empty."),
    ("private_key_path", "public_key"): N_(
        "That is the public key. Choose the private one; it begins with BEGIN PRIVATE KEY."
    ),
    ("private_key_path", "certificate"): N_("That is a certificate, not a private key."),
    ("private_key_path", "openssh"): N_(
        "That is an SSH key. Use the private key made for the Vonage application."
    ),
    ("private_key_path", "not_rsa"): N_("That key is not an RSA key, and Vonage needs one."),
    ("private_key_path", "too_small"): N_("That RSA key is too short; 2048 bits are needed."),
    ("private_key_path", "not_pem"): N_(
        "That is not a private key file. It begins with -----BEGIN PRIVATE KEY-----"
    ),
    ("private_key_path", "damaged"): N_("The private key file is damaged. Download it again."),
    ("private_key_path", "needs_passphrase"): N_("The private key has a passphrase. Enter it."),
    ("private_key_path", "wrong_passphrase"): N_("That is not the private key's passphrase."),
    ("passphrase", "needs_passphrase"): N_("The private key has a passphrase. Enter it."),
    ("passphrase", "wrong_passphrase"): N_("That is not the private key's passphrase."),
    ("vault", "no_keyring"): N_(
        "This computer has no keyring to keep secrets in. Install and start one (GNOME Keyring, "
        "KWallet or KeePassXC on Linux), then try again."
    ),
    ("vault", "weak_keyring"): N_(
        "The only keyring found keeps secrets as plain text, so it is not used. Install GNOME "
        "Keyring, KWallet or KeePassXC, then try again."
    ),
    ("vault", "keyring_locked"): N_("The keyring is locked. Unlock it, then try again."),
    ("vault", "keyring_timeout"): N_(
        "The keyring does not answer. Look for a window that asks for its password, then try "
        "again."
    ),
    ("vault", "secret_too_long"): N_("That value is too long for the keyring."),
    ("vault", "keyring_failed"): N_("The keyring reports an error. Unlock it and try again."),
    ("settings", "not_saved"): N_(
        "The settings file cannot be written, so sender, address and country were not kept."
    ),
    ("*", ""): N_("That will not do ({code})."),
}

ROTATION_SENTENCES: Mapping[str, str] = {
    "none": N_("No change of keys is under way."),
    "made": N_("The new key is made. Vonage does not know it yet."),
    "uploaded": N_("Vonage takes the new key. It is not in use here yet; go on."),
    "switched": N_("The new key is in use. The old file can be removed."),
}

REGION_WORDS: Mapping[str, str] = {
    "": N_("Wherever Vonage chooses"),
    "eu": N_("Europe"),
    "us": N_("United States"),
    "ap": N_("Asia-Pacific"),
}

PROFILE_SENTENCES: Mapping[str, str] = {
    "profile_name": N_("A name has 1 to 32 of a-z, 0-9, “_” and “-”."),
    "profile_exists": N_("There is an account of that name already."),
    "profile_unknown": N_("There is no account of that name."),
    "profile_in_use": N_("That account is in use. Close its window, and open another account."),
    "profile_not_moved": N_("The account's folder cannot be moved aside. Nothing was deleted."),
}

DOCTOR_SENTENCES: Mapping[str, str] = {
    "search_ready": N_("Searches are quick"),
    "search_behind": N_(
        "The search index holds {done} of {of} messages. All are found, the others more slowly. It "
        "is made while the window is open, or while “smsdesk receive” runs."
    ),
    "no_api_secret": N_(
        "Without the account's API key and secret nobody can ask what became of a message. Store "
        "them with: smsdesk configure --api-key KEY --api-secret-stdin"
    ),
    "not_configured": N_(
        "No account is connected. Store one with: smsdesk configure --application-id ID "
        "--private-key FILE"
    ),
    "api_secret_refused": N_("Vonage refused the API key or secret. Copy them again."),
    "balance_low": N_("Only {value} is left on the Vonage account. Top it up in time."),
    "not_provable": N_(
        "Vonage was reached, but did not show whether it takes the key. Store the API key and "
        "secret too, and the key can be compared."
    ),
    "clock_wrong": N_("The computer's clock is off by {value}. Turn on automatic time."),
}

OPENING_SENTENCES: Mapping[str, str] = {
    "not_a_folder": N_("{path} is not a folder. Choose another with --data-dir."),
    "read_only": N_(
        "{path} cannot be written, so nothing could be kept. Make it writable, or choose another "
        "folder with --data-dir."
    ),
    "not_ours": N_(
        "{path} belongs to another user or is open to all. Choose a folder of your own with "
        "--data-dir."
    ),
    "not_local": N_(
        "{path} is on a network drive, where a message log cannot be kept safely. Choose a "
        "folder on this computer with --data-dir."
    ),
    "sync_folder": N_(
        "{path} is in a folder that is synchronised with other computers, where a message log "
        "cannot be kept safely. Choose another with --data-dir."
    ),
    "no_space": N_("There is hardly any space left at {path}. Free some and start again."),
    "disk_full": N_("The disk is full. Free some space and start again. ({path})"),
    "busy": N_("Another program is using {path}. Close it and start again."),
    "newer": N_(
        "{path} was made by a newer version of SMS Desk. Install that version; the file was not "
        "changed."
    ),
    "foreign": N_(
        "{path} is not a message log of SMS Desk. Move it away, or choose another folder with "
        "--data-dir; the file was not changed."
    ),
    "damaged": N_(
        "The message log is damaged: {path}. It can be set aside and the newest backup put in "
        "its place; nothing is deleted."
    ),
    "io_error": N_("The disk reports an error at {path}. Check it before you go on."),
    "store": N_("The message log cannot be opened: {path}."),
}

WRITING_SENTENCES: Mapping[str, str] = {
    "exists": N_("{path} exists already."),
    "disk_full": N_(
        "There is no room for {path} on its disk. No file was written. Make room, or choose "
        "another disk."
    ),
    "not_writable": N_("{path} cannot be written. Choose another folder."),
}
