-- Messages are known by a uuid
-- Gives every message a random uuid as its key in place of the number.
-- Going down numbers the messages by creation time; the uuids are lost.

-- migrate:up

ALTER TABLE messages RENAME TO messages_with_number;

CREATE TABLE messages (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  conversation_id uuid,
  role varchar(50) NOT NULL,
  content text NOT NULL,
  thinking text,
  extra_data jsonb,
  input_tokens integer,
  output_tokens integer,
  created_at timestamp DEFAULT now(),
  updated_at timestamp DEFAULT now()
);

INSERT INTO messages (conversation_id, role, content, thinking, extra_data, input_tokens, output_tokens, created_at, updated_at)
  SELECT conversation_id, role, content, thinking, extra_data, input_tokens, output_tokens, created_at, updated_at
    FROM messages_with_number
   ORDER BY id;

DROP TABLE messages_with_number;

ALTER TABLE messages
  ADD CONSTRAINT messages_pkey PRIMARY KEY (id),
  ADD CONSTRAINT messages_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES conversations (id) ON DELETE CASCADE;
CREATE INDEX idx_messages_conversation_id ON messages (conversation_id);
CREATE INDEX idx_messages_created_at ON messages (created_at);

-- migrate:down

ALTER TABLE messages RENAME TO messages_with_uuid;

CREATE TABLE messages (
  id serial,
  conversation_id uuid,
  role varchar(50) NOT NULL,
  content text NOT NULL,
  extra_data jsonb,
  input_tokens integer,
  output_tokens integer,
  created_at timestamp DEFAULT now(),
  updated_at timestamp DEFAULT now(),
  thinking text
);

INSERT INTO messages (conversation_id, role, content, thinking, extra_data, input_tokens, output_tokens, created_at, updated_at)
  SELECT conversation_id, role, content, thinking, extra_data, input_tokens, output_tokens, created_at, updated_at
    FROM messages_with_uuid
   ORDER BY created_at, ctid;

DROP TABLE messages_with_uuid;

ALTER TABLE messages
  ADD CONSTRAINT messages_pkey PRIMARY KEY (id),
  ADD CONSTRAINT messages_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES conversations (id) ON DELETE CASCADE;
CREATE INDEX idx_messages_conversation_id ON messages (conversation_id);
CREATE INDEX idx_messages_created_at ON messages (created_at);
