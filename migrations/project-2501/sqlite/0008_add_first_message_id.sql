-- First message of a memory
-- Adds conversation_memory.first_message_id.
-- The table is rebuilt so that the new column stands where the document lists it.

-- migrate:up

CREATE TABLE conversation_memory_new (
  id TEXT NOT NULL PRIMARY KEY,
  conversation_id TEXT REFERENCES conversations (id) ON DELETE CASCADE,
  persona_id TEXT REFERENCES personas (id) ON DELETE SET NULL,
  first_message_id TEXT REFERENCES messages (id) ON DELETE SET NULL,
  content TEXT NOT NULL,
  memory_type VARCHAR(50),
  importance FLOAT DEFAULT 0.5,
  embedding VECTOR(1536),
  metadata JSON,
  last_accessed TIMESTAMP,
  access_count INTEGER DEFAULT 0,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

INSERT INTO conversation_memory_new (id, conversation_id, persona_id, content, memory_type, importance, embedding, metadata, last_accessed, access_count, created_at, updated_at)
  SELECT id, conversation_id, persona_id, content, memory_type, importance, embedding, metadata, last_accessed, access_count, created_at, updated_at
    FROM conversation_memory;

DROP TABLE conversation_memory;
ALTER TABLE conversation_memory_new RENAME TO conversation_memory;
CREATE INDEX idx_conversation_memory_conversation_id ON conversation_memory (conversation_id);
CREATE INDEX idx_conversation_memory_persona_id ON conversation_memory (persona_id);
CREATE INDEX idx_conversation_memory_first_message_id ON conversation_memory (first_message_id);
CREATE INDEX idx_conversation_memory_created_at ON conversation_memory (created_at);

-- migrate:down

CREATE TABLE conversation_memory_new (
  id TEXT NOT NULL PRIMARY KEY,
  conversation_id TEXT REFERENCES conversations (id) ON DELETE CASCADE,
  persona_id TEXT REFERENCES personas (id) ON DELETE SET NULL,
  content TEXT NOT NULL,
  memory_type VARCHAR(50),
  importance FLOAT DEFAULT 0.5,
  embedding VECTOR(1536),
  metadata JSON,
  last_accessed TIMESTAMP,
  access_count INTEGER DEFAULT 0,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

INSERT INTO conversation_memory_new (id, conversation_id, persona_id, content, memory_type, importance, embedding, metadata, last_accessed, access_count, created_at, updated_at)
  SELECT id, conversation_id, persona_id, content, memory_type, importance, embedding, metadata, last_accessed, access_count, created_at, updated_at
    FROM conversation_memory;

DROP TABLE conversation_memory;
ALTER TABLE conversation_memory_new RENAME TO conversation_memory;
CREATE INDEX idx_conversation_memory_conversation_id ON conversation_memory (conversation_id);
CREATE INDEX idx_conversation_memory_persona_id ON conversation_memory (persona_id);
CREATE INDEX idx_conversation_memory_created_at ON conversation_memory (created_at);
