PRAGMA application_id=1397576516;
PRAGMA user_version=8;
BEGIN TRANSACTION;
CREATE TABLE attempt (
        message INTEGER NOT NULL REFERENCES message (seq),
        n INTEGER NOT NULL,
        client_ref TEXT NOT NULL UNIQUE,
        boot_id TEXT NOT NULL,
        request_sha256 TEXT NOT NULL,
        opened_ms INTEGER NOT NULL,
        finished_ms INTEGER,
        outcome TEXT,
        http_status INTEGER,
        error_type TEXT,
        message_uuid TEXT,
        PRIMARY KEY (message, n)
    ) STRICT, WITHOUT ROWID
    ;
INSERT INTO "attempt" VALUES(2,1,'TESTTEST-01M84WD9GF8G9PQKDJ0755QMH9-01Q4','this-boot','0000000000000000000000000000000000000000000000000000000000000000',1772442000000,1772442000000,'unknown',NULL,NULL,NULL);
INSERT INTO "attempt" VALUES(3,1,'TESTTEST-01M84WD9GV6RT0QBBEXP2WT9R1-011V','this-boot','0000000000000000000000000000000000000000000000000000000000000000',1772442000000,1772442000000,'accepted',NULL,NULL,'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee');
INSERT INTO "attempt" VALUES(4,1,'TESTTEST-01M84WD9HBV4EV8EYRXRVQKGW0-01MV','this-boot','0000000000000000000000000000000000000000000000000000000000000000',1772442000000,1772442000000,'failed',NULL,NULL,NULL);
CREATE TABLE audit (
        id INTEGER PRIMARY KEY,
        message INTEGER REFERENCES message (seq),
        at_ms INTEGER NOT NULL,
        who TEXT NOT NULL,
        what TEXT NOT NULL,
        detail TEXT NOT NULL DEFAULT ''
    ) STRICT
    ;
INSERT INTO "audit" VALUES(1,6,1772442000000,'person','cancelled','');
CREATE TABLE batch (
        id TEXT PRIMARY KEY,
        created_ms INTEGER NOT NULL,
        size INTEGER NOT NULL,
        policy_if_unsure TEXT NOT NULL DEFAULT 'ask'
            CHECK (policy_if_unsure IN ('ask', 'leave', 'send_again'))
    , name TEXT, source_sha256 TEXT, paused_ms INTEGER, needs_confirmation INTEGER NOT NULL DEFAULT 0, confirmed_by TEXT) STRICT, WITHOUT ROWID
    ;
INSERT INTO "batch" VALUES('01M84WD9G3GXMSXTH7HV3HT06S',1772442000000,1,'ask','Depot B closed','abababababababababababababababababababababababababababababababab',NULL,0,NULL);
INSERT INTO "batch" VALUES('01M84WD9GF8G9PQKDJ0755QMHA',1772442000000,1,'ask',NULL,NULL,NULL,0,NULL);
INSERT INTO "batch" VALUES('01M84WD9GV6RT0QBBEXP2WT9R2',1772442000000,1,'ask',NULL,NULL,NULL,0,NULL);
INSERT INTO "batch" VALUES('01M84WD9HBV4EV8EYRXRVQKGW1',1772442000000,1,'ask',NULL,NULL,NULL,0,NULL);
INSERT INTO "batch" VALUES('01M84WD9HQW3AF0J5WHJ15CBFP',1772442000000,1,'ask',NULL,NULL,NULL,0,NULL);
INSERT INTO "batch" VALUES('01M84WD9HV4HD2YP7NYM5ABVRQ',1772442000000,1,'ask',NULL,NULL,NULL,0,NULL);
CREATE TABLE contact (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        folded TEXT NOT NULL,
        number TEXT NOT NULL UNIQUE,
        note TEXT NOT NULL DEFAULT ''
    ) STRICT
    ;
INSERT INTO "contact" VALUES(1,'Anna Meyer','anna meyer','+447700900000','Depot B');
CREATE TABLE contact_group (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        folded TEXT NOT NULL UNIQUE
    ) STRICT
    ;
INSERT INTO "contact_group" VALUES(1,'Drivers','drivers');
CREATE TABLE contact_identity (
        channel TEXT NOT NULL,
        identity TEXT NOT NULL,
        contact INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
        PRIMARY KEY (channel, identity)
    ) STRICT, WITHOUT ROWID
    ;
INSERT INTO "contact_identity" VALUES('messenger','1234567890123456',1);
CREATE TABLE contact_word (
        word TEXT NOT NULL,
        contact INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
        PRIMARY KEY (word, contact)
    ) STRICT, WITHOUT ROWID
    ;
INSERT INTO "contact_word" VALUES('anna',1);
INSERT INTO "contact_word" VALUES('meyer',1);
CREATE TABLE draft (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        sender TEXT NOT NULL,
        recipients TEXT NOT NULL,
        text TEXT NOT NULL,
        ref TEXT NOT NULL,
        updated_ms INTEGER NOT NULL
    , entity_id TEXT NOT NULL DEFAULT '', content_id TEXT NOT NULL DEFAULT '', channels TEXT NOT NULL DEFAULT '') STRICT
    ;
INSERT INTO "draft" VALUES(1,'SMSDesk','+447700900000','Half a th','',1772442000000,'','','');
CREATE TABLE erased_mark (
        digest TEXT PRIMARY KEY,
        at_ms INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    ;
CREATE TABLE erased_opt_out (
        person TEXT NOT NULL,
        sender TEXT NOT NULL,
        since_ms INTEGER NOT NULL,
        reason TEXT NOT NULL,
        PRIMARY KEY (person, sender)
    ) STRICT, WITHOUT ROWID
    ;
CREATE TABLE event (
        id INTEGER PRIMARY KEY,
        dedupe_key TEXT NOT NULL UNIQUE,
        message INTEGER REFERENCES message (seq),
        received_ms INTEGER NOT NULL,
        provider_ms INTEGER,
        source TEXT NOT NULL,
        status TEXT NOT NULL,
        message_uuid TEXT,
        client_ref TEXT,
        error_code TEXT,
        error_title TEXT,
        error_detail TEXT,
        applied INTEGER NOT NULL,
        raw TEXT NOT NULL
    , jti TEXT) STRICT
    ;
INSERT INTO "event" VALUES(1,'3f49dd626cfaf459a0712b9b13594a99021ae84e37f1221db989c50fdfe747ce',3,1772442060000,1772442000000,'webhook','delivered',NULL,'TESTTEST-01M84WD9GV6RT0QBBEXP2WT9R1-011V',NULL,NULL,NULL,1,'{''message_uuid'': None, ''client_ref'': ''TESTTEST-01M84WD9GV6RT0QBBEXP2WT9R1-011V'', ''status'': <State.DELIVERED: ''delivered''>, ''provider_time'': datetime.datetime(2026, 3, 2, 9, 0, tzinfo=datetime.timezone.utc), ''source'': ''webhook'', ''failure'': None, ''price'': ''0.0333'', ''currency'': ''EUR'', ''network'': ''23410'', ''parts'': None}',NULL);
INSERT INTO "event" VALUES(2,'5d41402abc4b2a76b9719d911017c592ae5d41402abc4b2a76b9719d911017c5',7,1772442300000,1772442299000,'webhook','received','3f1c0f6e-8f1b-4f6b-9a53-0f6f6f0a0b01',NULL,NULL,NULL,NULL,1,'{"text":"Thanks, see you at ten"}','8c6a35a1-0000-4000-8000-000000000001');
CREATE TABLE group_member (
        contact_group INTEGER NOT NULL REFERENCES contact_group (id) ON DELETE CASCADE,
        contact INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
        PRIMARY KEY (contact_group, contact)
    ) STRICT, WITHOUT ROWID
    ;
INSERT INTO "group_member" VALUES(1,1);
CREATE TABLE inbound_part (
        message INTEGER NOT NULL REFERENCES message (seq),
        ref TEXT NOT NULL,
        number INTEGER NOT NULL,
        total INTEGER NOT NULL,
        message_uuid TEXT NOT NULL,
        text TEXT NOT NULL,
        PRIMARY KEY (message, number)
    ) STRICT, WITHOUT ROWID
    ;
CREATE TABLE leg (
        message INTEGER NOT NULL REFERENCES message (seq) ON DELETE CASCADE,
        n INTEGER NOT NULL,
        channel TEXT NOT NULL,
        sender TEXT NOT NULL,
        recipient TEXT NOT NULL,
        text TEXT NOT NULL,
        encoding TEXT NOT NULL,
        parts INTEGER NOT NULL,
        content TEXT,
        entity_id TEXT,
        content_id TEXT,
        message_uuid TEXT,
        state TEXT,
        status_ms INTEGER,
        updated_ms INTEGER,
        failure_code TEXT,
        failure_title TEXT,
        failure_detail TEXT,
        price TEXT,
        currency TEXT,
        PRIMARY KEY (message, n)
    ) STRICT, WITHOUT ROWID
    ;
INSERT INTO "leg" VALUES(1,1,'sms','+447700900001','+447700900000','The van is here.','GSM-7',1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "leg" VALUES(1,2,'viber_service','VIBERID','+447700900000','The van is here.','GSM-7',1,'{"category":"transaction"}',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE lookup (
        id INTEGER PRIMARY KEY,
        message INTEGER NOT NULL REFERENCES message (seq),
        at_ms INTEGER NOT NULL,
        is_complete INTEGER NOT NULL,
        control_found INTEGER NOT NULL
    ) STRICT
    ;
CREATE TABLE message (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        direction TEXT NOT NULL CHECK (direction IN ('outbound', 'inbound')),
        channel TEXT NOT NULL,
        state TEXT NOT NULL,
        held_reason TEXT,
        recipient TEXT NOT NULL,
        sender TEXT NOT NULL,
        text TEXT NOT NULL,
        encoding TEXT NOT NULL,
        parts INTEGER NOT NULL,
        batch_id TEXT REFERENCES batch (id),
        ref TEXT,
        message_uuid TEXT,
        attempts INTEGER NOT NULL DEFAULT 0,
        failure_code TEXT,
        failure_title TEXT,
        failure_detail TEXT,
        unknown_reason TEXT,
        price TEXT,
        currency TEXT,
        network TEXT,
        status_ms INTEGER,
        created_ms INTEGER NOT NULL,
        updated_ms INTEGER NOT NULL,
        due_ms INTEGER,
        expires_ms INTEGER,
        lookup_ms INTEGER,
        lookups INTEGER NOT NULL DEFAULT 0,
        resend_of TEXT,
        alarm TEXT, read_ms INTEGER, entity_id TEXT, content_id TEXT, text_kept_days INTEGER CHECK (text_kept_days IS NULL OR text = ''), due_local TEXT, due_zone TEXT, content TEXT, legs INTEGER NOT NULL DEFAULT 0, workflow_id TEXT,
        CHECK ((state = 'held') = (held_reason IS NOT NULL)),
        CHECK (state <> 'accepted' OR message_uuid IS NOT NULL OR unknown_reason IS NOT NULL)
    ) STRICT
    ;
INSERT INTO "message" VALUES(1,'01M84WD9G3GXMSXTH7HV3HT06R','outbound','sms','queued',NULL,'+447700900000','+447700900001','The van is here.','GSM-7',1,'01M84WD9G3GXMSXTH7HV3HT06S','T-1',NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1772442000000,1772442000000,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,2,NULL);
INSERT INTO "message" VALUES(2,'01M84WD9GF8G9PQKDJ0755QMH9','outbound','sms','unknown',NULL,'+447700900000','+447700900001','Grüße 👋','GSM-7',1,'01M84WD9GF8G9PQKDJ0755QMHA',NULL,NULL,1,NULL,NULL,NULL,'closed',NULL,NULL,NULL,NULL,1772442000000,1772442000000,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL);
INSERT INTO "message" VALUES(3,'01M84WD9GV6RT0QBBEXP2WT9R1','outbound','sms','delivered',NULL,'+447700900000','+447700900001','The van is here.','GSM-7',1,'01M84WD9GV6RT0QBBEXP2WT9R2',NULL,'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee',1,NULL,NULL,NULL,NULL,'0.0333','EUR','23410',1772442000000,1772442000000,1772442060000,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL);
INSERT INTO "message" VALUES(4,'01M84WD9HBV4EV8EYRXRVQKGW0','outbound','sms','failed',NULL,'+447700900000','+447700900001','The van is here.','GSM-7',1,'01M84WD9HBV4EV8EYRXRVQKGW1',NULL,NULL,1,'invalid','Invalid recipient','to: no',NULL,NULL,NULL,NULL,NULL,1772442000000,1772442000000,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL);
INSERT INTO "message" VALUES(5,'01M84WD9HQW3AF0J5WHJ15CBFN','outbound','sms','scheduled',NULL,'+447700900000','+447700900001','The van is here.','GSM-7',1,'01M84WD9HQW3AF0J5WHJ15CBFP',NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1772442000000,1772442000000,1772445600000,1772478000000,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL);
INSERT INTO "message" VALUES(6,'01M84WD9HV4HD2YP7NYM5ABVRP','outbound','sms','cancelled',NULL,'+447700900000','+447700900001','The van is here.','GSM-7',1,'01M84WD9HV4HD2YP7NYM5ABVRQ',NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1772442000000,1772442000000,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL);
INSERT INTO "message" VALUES(7,'01KAWZ0000000000000000REPL','inbound','sms','received',NULL,'+447700900001','+447700900000','Thanks, see you at ten','GSM-7',1,NULL,NULL,'3f1c0f6e-8f1b-4f6b-9a53-0f6f6f0a0b01',0,NULL,NULL,NULL,NULL,NULL,NULL,'23410',NULL,1772442300000,1772442300000,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL);
CREATE TABLE meta (
        key TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    ;
INSERT INTO "meta" VALUES('digest_key','8617bb076cac0eba98652cef48025cd6d338b6243024b4f01520ebb9be02819f');
INSERT INTO "meta" VALUES('epoch','1');
CREATE TABLE network_price (
        country TEXT NOT NULL REFERENCES price_list (country),
        network TEXT NOT NULL,
        name TEXT NOT NULL,
        price TEXT NOT NULL,
        PRIMARY KEY (country, network)
    ) STRICT, WITHOUT ROWID
    ;
INSERT INTO "network_price" VALUES('GB','23410','Telefonica UK Limited','0.0412');
CREATE TABLE price_list (
        country TEXT PRIMARY KEY,
        currency TEXT NOT NULL,
        price TEXT,
        asked_ms INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    ;
INSERT INTO "price_list" VALUES('AQ','EUR',NULL,1772442000000);
INSERT INTO "price_list" VALUES('GB','EUR','0.0412',1772442000000);
CREATE TABLE report_cost (
        day TEXT PRIMARY KEY,
        records INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    ;
CREATE TABLE saved_search (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        folded TEXT NOT NULL UNIQUE,
        wanted TEXT NOT NULL
    ) STRICT
    ;
INSERT INTO "saved_search" VALUES(1,'Depot, not delivered','depot, not delivered','{"search": "depot", "states": ["failed", "undeliverable"]}');
CREATE TABLE search_block (
        first INTEGER PRIMARY KEY,
        size INTEGER NOT NULL,
        oldest_ms INTEGER NOT NULL,
        newest_ms INTEGER NOT NULL
    ) STRICT
    ;
CREATE TABLE search_gram (
        block INTEGER NOT NULL,
        gram TEXT NOT NULL,
        places BLOB NOT NULL,
        PRIMARY KEY (block, gram)
    ) STRICT, WITHOUT ROWID
    ;
CREATE TABLE search_stale (seq INTEGER PRIMARY KEY) STRICT;
CREATE TABLE suppression (
        number TEXT NOT NULL,
        sender TEXT NOT NULL,
        since_ms INTEGER NOT NULL,
        reason TEXT NOT NULL CHECK (reason IN ('stop', 'vonage', 'person', 'import')),
        detail TEXT NOT NULL DEFAULT '',
        PRIMARY KEY (number, sender)
    ) STRICT, WITHOUT ROWID
    ;
INSERT INTO "suppression" VALUES('+447700900240','+447700900001',1772442300000,'stop','STOP');
CREATE TABLE template (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        folded TEXT NOT NULL UNIQUE,
        text TEXT NOT NULL,
        updated_ms INTEGER NOT NULL,
        used INTEGER NOT NULL DEFAULT 0,
        used_ms INTEGER
    , channels TEXT NOT NULL DEFAULT '') STRICT
    ;
INSERT INTO "template" VALUES(1,'On the way','on the way','Hi {name}, we are on our way.',1772442000000,3,1772442000000,'');
CREATE TABLE trail (
        id INTEGER PRIMARY KEY,
        at_ms INTEGER NOT NULL,
        who TEXT NOT NULL,
        profile TEXT NOT NULL,
        what TEXT NOT NULL,
        detail TEXT NOT NULL,
        previous TEXT NOT NULL,
        hash TEXT NOT NULL
    ) STRICT
    ;
CREATE INDEX message_by_state ON message (state, seq);
CREATE INDEX message_by_recipient ON message (recipient, seq);
CREATE INDEX message_by_batch ON message (batch_id) WHERE batch_id IS NOT NULL;
CREATE INDEX message_by_uuid ON message (message_uuid) WHERE message_uuid IS NOT NULL;
CREATE INDEX message_by_lookup ON message (lookup_ms) WHERE lookup_ms IS NOT NULL;
CREATE INDEX message_by_due ON message (due_ms) WHERE state = 'scheduled';
CREATE INDEX event_by_message ON event (message) WHERE message IS NOT NULL;
CREATE INDEX event_unmatched ON event (received_ms) WHERE message IS NULL;
CREATE INDEX audit_by_message ON audit (message) WHERE message IS NOT NULL;
CREATE INDEX lookup_by_message ON lookup (message);
CREATE INDEX message_with_text ON message (created_ms) WHERE text_kept_days IS NULL;
CREATE INDEX message_by_writer ON message (sender, seq) WHERE direction = 'inbound';
CREATE INDEX message_unread ON message (seq) WHERE direction = 'inbound' AND read_ms IS NULL;
CREATE INDEX event_by_jti ON event (jti) WHERE jti IS NOT NULL;
CREATE INDEX inbound_part_by_uuid ON inbound_part (message_uuid);
CREATE INDEX contact_by_name ON contact (folded, id);
CREATE INDEX contact_word_by_contact ON contact_word (contact);
CREATE INDEX group_member_by_contact ON group_member (contact);
CREATE INDEX batch_by_source ON batch (source_sha256) WHERE source_sha256 IS NOT NULL;
CREATE INDEX batch_by_time ON batch (created_ms) WHERE size > 1;
CREATE TRIGGER search_after_change AFTER UPDATE OF text ON message
    WHEN new.text <> old.text
    BEGIN INSERT OR IGNORE INTO search_stale (seq) VALUES (new.seq); END;
CREATE TRIGGER search_after_delete AFTER DELETE ON message
    BEGIN INSERT OR IGNORE INTO search_stale (seq) VALUES (old.seq); END;
CREATE INDEX message_by_sender ON message (sender, seq) WHERE direction = 'outbound';
CREATE INDEX message_by_our_number ON message (recipient, seq) WHERE direction = 'inbound';
CREATE INDEX message_by_channel ON message (channel, seq) WHERE channel <> 'sms';
CREATE INDEX message_by_failure ON message (failure_code, seq) WHERE failure_code IS NOT NULL;
CREATE INDEX trail_by_act ON trail (what, id);
CREATE TRIGGER trail_is_followed BEFORE INSERT ON trail
    WHEN NEW.id IS NOT (SELECT coalesce(max(id), 0) + 1 FROM trail)
    BEGIN SELECT RAISE(ABORT, 'the trail is only added to'); END;
CREATE TRIGGER trail_is_not_changed BEFORE UPDATE ON trail
    BEGIN SELECT RAISE(ABORT, 'the trail is only added to'); END;
CREATE TRIGGER trail_is_not_cut BEFORE DELETE ON trail
    BEGIN SELECT RAISE(ABORT, 'the trail is only added to'); END;
CREATE INDEX leg_by_uuid ON leg (message_uuid) WHERE message_uuid IS NOT NULL;
CREATE INDEX leg_by_recipient ON leg (recipient);
CREATE INDEX contact_identity_by_contact ON contact_identity (contact);
CREATE INDEX contact_identity_by_identity ON contact_identity (identity);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('message',7);
COMMIT;
