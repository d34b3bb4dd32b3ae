-- Thinking of messages, persona of conversations
-- Adds messages.thinking and conversations.persona_id with its foreign key and index.

-- migrate:up

ALTER TABLE messages ADD COLUMN thinking text;

ALTER TABLE conversations ADD COLUMN persona_id uuid
  CONSTRAINT fk_conversations_persona_id REFERENCES personas (id) ON DELETE SET NULL;
CREATE INDEX idx_conversations_persona_id ON conversations (persona_id);

INSERT INTO applied_migrations (filename) VALUES ('001_add_thinking_and_persona_relationship.sql');

-- migrate:down

DELETE FROM applied_migrations WHERE filename = '001_add_thinking_and_persona_relationship.sql';

ALTER TABLE conversations DROP COLUMN persona_id;
ALTER TABLE messages DROP COLUMN thinking;
