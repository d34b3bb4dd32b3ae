-- Memories of long conversations
-- Adds conversation_memories: numbered summaries of ranges of messages.

-- migrate:up

CREATE TABLE conversation_memories (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  conversation_id uuid NOT NULL,
  memory_sequence integer NOT NULL
    CONSTRAINT check_positive_memory_sequence CHECK (memory_sequence > 0),
  compressed_content text NOT NULL
    CONSTRAINT check_non_empty_content CHECK (char_length(compressed_content) > 0),
  original_message_range varchar(20) NOT NULL,
  message_count_at_compression integer NOT NULL
    CONSTRAINT check_positive_message_count CHECK (message_count_at_compression > 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT unique_conversation_memory_sequence UNIQUE (conversation_id, memory_sequence)
);
CREATE INDEX idx_conversation_memories_conversation_id ON conversation_memories (conversation_id);
CREATE INDEX idx_conversation_memories_sequence ON conversation_memories (conversation_id, memory_sequence);
CREATE INDEX idx_conversation_memories_created_at ON conversation_memories (created_at);

INSERT INTO applied_migrations (filename) VALUES ('007_add_conversation_memory.sql');

-- migrate:down

DELETE FROM applied_migrations WHERE filename = '007_add_conversation_memory.sql';

DROP TABLE conversation_memories;
