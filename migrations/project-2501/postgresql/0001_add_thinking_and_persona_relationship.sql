-- Thinking of messages, persona of conversations
-- Adds messages.thinking and conversations.persona_id.
-- Conversations are rebuilt so that persona_id stands where the document lists it.

-- migrate:up

ALTER TABLE messages ADD COLUMN thinking text;

ALTER TABLE messages DROP CONSTRAINT messages_conversation_id_fkey;
ALTER TABLE conversations RENAME TO conversations_without_persona;

CREATE TABLE conversations (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  title varchar(255) NOT NULL,
  persona_id uuid REFERENCES personas (id),
  provider_type varchar(50),
  provider_config jsonb,
  created_at timestamp DEFAULT now(),
  updated_at timestamp DEFAULT now()
);

INSERT INTO conversations (id, title, provider_type, provider_config, created_at, updated_at)
  SELECT id, title, provider_type, provider_config, created_at, updated_at
    FROM conversations_without_persona;

DROP TABLE conversations_without_persona;

ALTER TABLE conversations ADD CONSTRAINT conversations_pkey PRIMARY KEY (id);
CREATE INDEX idx_conversations_persona_id ON conversations (persona_id);
CREATE INDEX idx_conversations_created_at ON conversations (created_at);
ALTER TABLE messages
  ADD CONSTRAINT messages_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES conversations (id);

-- migrate:down

ALTER TABLE conversations DROP COLUMN persona_id;
ALTER TABLE messages DROP COLUMN thinking;
