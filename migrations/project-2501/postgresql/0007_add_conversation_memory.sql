-- Memory of conversations
-- Adds conversation_memory with importance, access count and an embedding of 1536 dimensions.
-- Needs the extension vector (pgvector) for the column and its HNSW index. Going down leaves the extension, which other schemas may use.

-- migrate:up

CREATE EXTENSION IF NOT EXISTS vector;

CREATE TABLE conversation_memory (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  conversation_id uuid REFERENCES conversations (id) ON DELETE CASCADE,
  persona_id uuid REFERENCES personas (id) ON DELETE SET NULL,
  content text NOT NULL,
  memory_type varchar(50),
  importance double precision DEFAULT 0.5,
  embedding vector(1536),
  metadata jsonb,
  last_accessed timestamp,
  access_count integer DEFAULT 0,
  created_at timestamp DEFAULT now(),
  updated_at timestamp DEFAULT now()
);
CREATE INDEX idx_conversation_memory_conversation_id ON conversation_memory (conversation_id);
CREATE INDEX idx_conversation_memory_persona_id ON conversation_memory (persona_id);
CREATE INDEX idx_conversation_memory_created_at ON conversation_memory (created_at);
CREATE INDEX idx_conversation_memory_embedding ON conversation_memory USING hnsw (embedding vector_cosine_ops);

-- migrate:down

DROP TABLE conversation_memory;
