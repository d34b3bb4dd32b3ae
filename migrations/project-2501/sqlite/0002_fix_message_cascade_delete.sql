-- Messages go with their conversation
-- Makes the foreign key of messages delete the messages of a deleted conversation.
-- The table is rebuilt, since SQLite cannot change a foreign key.

-- migrate:up

CREATE TABLE messages_new (
  id INTEGER NOT NULL PRIMARY KEY,
  conversation_id TEXT REFERENCES conversations (id) ON DELETE CASCADE,
  role VARCHAR(50) NOT NULL,
  content TEXT NOT NULL,
  extra_data JSON,
  input_tokens INTEGER,
  output_tokens INTEGER,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  thinking TEXT
);

INSERT INTO messages_new (id, conversation_id, role, content, extra_data, input_tokens, output_tokens, created_at, updated_at, thinking)
  SELECT id, conversation_id, role, content, extra_data, input_tokens, output_tokens, created_at, updated_at, thinking
    FROM messages;

DROP TABLE messages;
ALTER TABLE messages_new RENAME TO messages;
CREATE INDEX idx_messages_conversation_id ON messages (conversation_id);
CREATE INDEX idx_messages_created_at ON messages (created_at);

-- migrate:down

CREATE TABLE messages_new (
  id INTEGER NOT NULL PRIMARY KEY,
  conversation_id TEXT REFERENCES conversations (id),
  role VARCHAR(50) NOT NULL,
  content TEXT NOT NULL,
  extra_data JSON,
  input_tokens INTEGER,
  output_tokens INTEGER,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  thinking TEXT
);

INSERT INTO messages_new (id, conversation_id, role, content, extra_data, input_tokens, output_tokens, created_at, updated_at, thinking)
  SELECT id, conversation_id, role, content, extra_data, input_tokens, output_tokens, created_at, updated_at, thinking
    FROM messages;

DROP TABLE messages;
ALTER TABLE messages_new RENAME TO messages;
CREATE INDEX idx_messages_conversation_id ON messages (conversation_id);
CREATE INDEX idx_messages_created_at ON messages (created_at);
