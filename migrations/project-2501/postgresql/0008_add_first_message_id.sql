-- First message of a memory
-- Adds conversation_memory.first_message_id.
-- The table is rebuilt so that the new column stands where the document lists it.

-- migrate:up

ALTER TABLE conversation_memory RENAME TO conversation_memory_without_message;

CREATE TABLE conversation_memory (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  conversation_id uuid,
  persona_id uuid,
  first_message_id uuid,
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

INSERT INTO conversation_memory (id, conversation_id, persona_id, content, memory_type, importance, embedding, metadata, last_accessed, access_count, created_at, updated_at)
  SELECT id, conversation_id, persona_id, content, memory_type, importance, embedding, metadata, last_accessed, access_count, created_at, updated_at
    FROM conversation_memory_without_message;

DROP TABLE conversation_memory_without_message;

ALTER TABLE conversation_memory
  ADD CONSTRAINT conversation_memory_pkey PRIMARY KEY (id),
  ADD CONSTRAINT conversation_memory_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES conversations (id) ON DELETE CASCADE,
  ADD CONSTRAINT conversation_memory_persona_id_fkey FOREIGN KEY (persona_id) REFERENCES personas (id) ON DELETE SET NULL,
  ADD CONSTRAINT conversation_memory_first_message_id_fkey FOREIGN KEY (first_message_id) REFERENCES messages (id) ON DELETE SET NULL;
CREATE INDEX idx_conversation_memory_conversation_id ON conversation_memory (conversation_id);
CREATE INDEX idx_conversation_memory_persona_id ON conversation_memory (persona_id);
CREATE INDEX idx_conversation_memory_first_message_id ON conversation_memory (first_message_id);
CREATE INDEX idx_conversation_memory_created_at ON conversation_memory (created_at);
CREATE INDEX idx_conversation_memory_embedding ON conversation_memory USING hnsw (embedding vector_cosine_ops);

-- migrate:down

ALTER TABLE conversation_memory DROP COLUMN first_message_id;
