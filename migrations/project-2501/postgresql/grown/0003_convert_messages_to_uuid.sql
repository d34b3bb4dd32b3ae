-- Messages are known by a uuid
-- Gives every message a random uuid as its key, as the last column, in place of the number.
-- Going down numbers the messages by creation time; the uuids are lost.

-- migrate:up

ALTER TABLE messages ADD COLUMN new_id uuid DEFAULT gen_random_uuid();
ALTER TABLE messages DROP COLUMN id;
ALTER TABLE messages RENAME COLUMN new_id TO id;
ALTER TABLE messages ADD CONSTRAINT messages_pkey PRIMARY KEY (id);
CREATE INDEX idx_messages_id ON messages (id);

INSERT INTO applied_migrations (filename) VALUES ('003_convert_messages_to_uuid.sql');

-- migrate:down

DELETE FROM applied_migrations WHERE filename = '003_convert_messages_to_uuid.sql';

ALTER TABLE messages RENAME TO messages_with_uuid;

CREATE TABLE messages (
  conversation_id uuid NOT NULL,
  role messagerole NOT NULL,
  content text NOT NULL,
  extra_data json,
  input_tokens integer,
  output_tokens integer,
  id serial,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  thinking text
);

INSERT INTO messages (conversation_id, role, content, extra_data, input_tokens, output_tokens, created_at, updated_at, thinking)
  SELECT conversation_id, role, content, extra_data, input_tokens, output_tokens, created_at, updated_at, thinking
    FROM messages_with_uuid
   ORDER BY created_at, ctid;

DROP TABLE messages_with_uuid;

ALTER TABLE messages
  ADD CONSTRAINT messages_pkey PRIMARY KEY (id),
  ADD CONSTRAINT messages_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES conversations (id) ON DELETE CASCADE;
CREATE INDEX ix_messages_id ON messages (id);
CREATE INDEX ix_messages_conversation_id ON messages (conversation_id);
