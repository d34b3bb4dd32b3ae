-- Consolidated schema of fresh installations
-- Makes the six tables, the enumeration, the indexes and the updated_at triggers of the application's init_db.sql, without its starter rows.
-- Needs the extension pgcrypto. Going down removes everything but the extension, which other schemas may use.

-- migrate:up

CREATE EXTENSION IF NOT EXISTS pgcrypto;

CREATE TYPE execution_context_enum AS ENUM ('IMMEDIATE', 'POST_RESPONSE', 'ON_DEMAND');

CREATE TABLE personas (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name varchar(255) NOT NULL CONSTRAINT unique_persona_name UNIQUE,
  description text,
  template text NOT NULL,
  mode varchar(20) NOT NULL DEFAULT 'reactive'
    CONSTRAINT valid_persona_mode CHECK (mode IN ('reactive', 'autonomous')),
  loop_frequency varchar(10),
  first_message text,
  image_path varchar(500),
  extra_data jsonb,
  is_active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT valid_loop_frequency CHECK (
    loop_frequency IS NULL
    OR (mode = 'autonomous' AND loop_frequency ~ '^[0-9]*\.?[0-9]+$' AND loop_frequency::double precision > 0))
);
CREATE INDEX idx_personas_name ON personas (name);
CREATE INDEX idx_personas_mode ON personas (mode);
CREATE INDEX idx_personas_active ON personas (is_active);

CREATE TABLE modules (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name varchar(255) NOT NULL CONSTRAINT unique_module_name UNIQUE
    CONSTRAINT valid_module_name_format CHECK (name ~ '^[a-z][a-z0-9_]{0,49}$' AND length(name) <= 50),
  description text,
  content text,
  type varchar(20) NOT NULL DEFAULT 'simple',
  trigger_pattern varchar(500),
  script text,
  execution_context execution_context_enum NOT NULL DEFAULT 'ON_DEMAND',
  requires_ai_inference boolean NOT NULL DEFAULT false,
  script_analysis_metadata jsonb DEFAULT '{}',
  is_active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_modules_name ON modules (name);
CREATE INDEX idx_modules_type ON modules (type);
CREATE INDEX idx_modules_active ON modules (is_active);
CREATE INDEX idx_modules_execution_context ON modules (execution_context);
CREATE INDEX idx_modules_ai_inference ON modules (requires_ai_inference);
CREATE INDEX idx_modules_context_ai_active ON modules (execution_context, requires_ai_inference, is_active);

CREATE TABLE conversations (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  title varchar(255) NOT NULL,
  persona_id uuid REFERENCES personas (id) ON DELETE SET NULL,
  provider_type varchar(50),
  provider_config jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_conversations_persona_id ON conversations (persona_id);
CREATE INDEX idx_conversations_created_at ON conversations (created_at);

CREATE TABLE messages (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  conversation_id uuid NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  role varchar(20) NOT NULL,
  content text NOT NULL,
  thinking text,
  extra_data jsonb,
  input_tokens integer,
  output_tokens integer,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_messages_conversation_id ON messages (conversation_id);
CREATE INDEX idx_messages_created_at ON messages (created_at);

CREATE TABLE conversation_states (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  conversation_id uuid NOT NULL,
  module_id uuid NOT NULL REFERENCES modules (id) ON DELETE CASCADE,
  execution_stage varchar(20) NOT NULL CHECK (execution_stage IN ('stage4', 'stage5')),
  variables jsonb NOT NULL DEFAULT '{}',
  execution_metadata jsonb DEFAULT '{}',
  executed_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (conversation_id, module_id, execution_stage)
);
CREATE INDEX idx_conversation_states_conversation_id ON conversation_states (conversation_id);
CREATE INDEX idx_conversation_states_module_id ON conversation_states (module_id);
CREATE INDEX idx_conversation_states_executed_at ON conversation_states (executed_at);

CREATE TABLE conversation_memories (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  conversation_id uuid NOT NULL,
  memory_sequence integer NOT NULL CHECK (memory_sequence > 0),
  compressed_content text NOT NULL CHECK (char_length(compressed_content) > 0),
  original_message_range varchar(20) NOT NULL,
  message_count_at_compression integer NOT NULL CHECK (message_count_at_compression > 0),
  first_message_id varchar(100),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (conversation_id, memory_sequence)
);
CREATE INDEX idx_conversation_memories_conversation_id ON conversation_memories (conversation_id);
CREATE INDEX idx_conversation_memories_sequence ON conversation_memories (conversation_id, memory_sequence);
CREATE INDEX idx_conversation_memories_created_at ON conversation_memories (created_at);

CREATE FUNCTION update_updated_at_column() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    NEW.updated_at = NOW();
    RETURN NEW;
END;
$$;

CREATE TRIGGER update_personas_updated_at BEFORE UPDATE ON personas
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE TRIGGER update_modules_updated_at BEFORE UPDATE ON modules
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE TRIGGER update_conversations_updated_at BEFORE UPDATE ON conversations
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE TRIGGER update_messages_updated_at BEFORE UPDATE ON messages
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE TRIGGER update_conversation_states_updated_at BEFORE UPDATE ON conversation_states
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE TRIGGER update_conversation_memories_updated_at BEFORE UPDATE ON conversation_memories
  FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

-- migrate:down

DROP TABLE conversation_memories;
DROP TABLE conversation_states;
DROP TABLE messages;
DROP TABLE conversations;
DROP TABLE modules;
DROP TABLE personas;
DROP FUNCTION update_updated_at_column();
DROP TYPE execution_context_enum;
