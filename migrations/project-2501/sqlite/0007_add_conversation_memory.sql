-- Memory of conversations
-- Adds conversation_memory with importance, access count and an embedding of 1536 dimensions.
-- On SQLite the embedding is kept under the declared type VECTOR(1536), without an index.

-- migrate:up

CREATE TABLE conversation_memory (
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
CREATE INDEX idx_conversation_memory_conversation_id ON conversation_memory (conversation_id);
CREATE INDEX idx_conversation_memory_persona_id ON conversation_memory (persona_id);
CREATE INDEX idx_conversation_memory_created_at ON conversation_memory (created_at);

-- migrate:down

DROP TABLE conversation_memory;
