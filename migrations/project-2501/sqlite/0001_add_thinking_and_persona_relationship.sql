-- Thinking of messages, persona of conversations
-- Adds messages.thinking and conversations.persona_id.
-- Conversations are rebuilt so that persona_id stands where the document lists it; messages may point to nothing until the commit.

-- migrate:up

ALTER TABLE messages ADD COLUMN thinking TEXT;

PRAGMA defer_foreign_keys = ON;

CREATE TABLE conversations_copy AS SELECT * FROM conversations;
DROP TABLE conversations;

CREATE TABLE conversations (
  id TEXT NOT NULL PRIMARY KEY,
  title VARCHAR(255) NOT NULL,
  persona_id TEXT REFERENCES personas (id),
  provider_type VARCHAR(50),
  provider_config JSON,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

INSERT INTO conversations (id, title, provider_type, provider_config, created_at, updated_at)
  SELECT id, title, provider_type, provider_config, created_at, updated_at
    FROM conversations_copy;

DROP TABLE conversations_copy;
CREATE INDEX idx_conversations_persona_id ON conversations (persona_id);
CREATE INDEX idx_conversations_created_at ON conversations (created_at);

-- migrate:down

PRAGMA defer_foreign_keys = ON;

CREATE TABLE conversations_copy AS SELECT * FROM conversations;
DROP TABLE conversations;

CREATE TABLE conversations (
  id TEXT NOT NULL PRIMARY KEY,
  title VARCHAR(255) NOT NULL,
  provider_type VARCHAR(50),
  provider_config JSON,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

INSERT INTO conversations (id, title, provider_type, provider_config, created_at, updated_at)
  SELECT id, title, provider_type, provider_config, created_at, updated_at
    FROM conversations_copy;

DROP TABLE conversations_copy;
CREATE INDEX idx_conversations_created_at ON conversations (created_at);

ALTER TABLE messages DROP COLUMN thinking;
