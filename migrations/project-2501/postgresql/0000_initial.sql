-- Personas, modules, conversations and messages
-- Makes the four tables that existed before the documented migrations; messages are counted by a number.
-- The document starts at 001; this state is inferred from what 001 to 008 change.

-- migrate:up

CREATE TABLE personas (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name varchar(255) NOT NULL,
  description text,
  template text NOT NULL,
  mode varchar(50),
  loop_frequency varchar(50),
  first_message text,
  image_path varchar(500),
  is_active boolean DEFAULT true,
  created_at timestamp DEFAULT now(),
  updated_at timestamp DEFAULT now()
);
CREATE INDEX idx_personas_created_at ON personas (created_at);

CREATE TABLE modules (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name varchar(255) NOT NULL,
  description text,
  content text NOT NULL,
  type varchar(50) NOT NULL,
  trigger_pattern varchar(500),
  script text,
  is_active boolean DEFAULT true,
  created_at timestamp DEFAULT now(),
  updated_at timestamp DEFAULT now()
);
CREATE INDEX idx_modules_created_at ON modules (created_at);

CREATE TABLE conversations (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  title varchar(255) NOT NULL,
  provider_type varchar(50),
  provider_config jsonb,
  created_at timestamp DEFAULT now(),
  updated_at timestamp DEFAULT now()
);
CREATE INDEX idx_conversations_created_at ON conversations (created_at);

CREATE TABLE messages (
  id serial PRIMARY KEY,
  conversation_id uuid REFERENCES conversations (id),
  role varchar(50) NOT NULL,
  content text NOT NULL,
  extra_data jsonb,
  input_tokens integer,
  output_tokens integer,
  created_at timestamp DEFAULT now(),
  updated_at timestamp DEFAULT now()
);
CREATE INDEX idx_messages_conversation_id ON messages (conversation_id);
CREATE INDEX idx_messages_created_at ON messages (created_at);

-- migrate:down

DROP TABLE messages;
DROP TABLE conversations;
DROP TABLE modules;
DROP TABLE personas;
