-- Messages are known by a uuid
-- Gives every message a random uuid as its key in place of the number.
-- Going down numbers the messages by creation time; the uuids are lost.

-- migrate:up

CREATE TABLE messages_new (
  id TEXT NOT NULL PRIMARY KEY,
  conversation_id TEXT REFERENCES conversations (id) ON DELETE CASCADE,
  role VARCHAR(50) NOT NULL,
  content TEXT NOT NULL,
  thinking TEXT,
  extra_data JSON,
  input_tokens INTEGER,
  output_tokens INTEGER,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

INSERT INTO messages_new (id, conversation_id, role, content, thinking, extra_data, input_tokens, output_tokens, created_at, updated_at)
  SELECT lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-'
               || substr('89AB', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))),
         conversation_id, role, content, thinking, extra_data, input_tokens, output_tokens, created_at, updated_at
    FROM messages
   ORDER BY id;

DROP TABLE messages;
ALTER TABLE messages_new RENAME TO messages;
CREATE INDEX idx_messages_conversation_id ON messages (conversation_id);
CREATE INDEX idx_messages_created_at ON messages (created_at);

-- migrate:down

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

INSERT INTO messages_new (conversation_id, role, content, thinking, extra_data, input_tokens, output_tokens, created_at, updated_at)
  SELECT conversation_id, role, content, thinking, extra_data, input_tokens, output_tokens, created_at, updated_at
    FROM messages
   ORDER BY created_at, rowid;

DROP TABLE messages;
ALTER TABLE messages_new RENAME TO messages;
CREATE INDEX idx_messages_conversation_id ON messages (conversation_id);
CREATE INDEX idx_messages_created_at ON messages (created_at);
