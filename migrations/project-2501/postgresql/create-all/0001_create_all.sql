-- Schema as the application's classes declare it
-- Makes the six tables with native enumerations and without defaults, except those of the timestamps; no triggers, no checks but one.

-- migrate:up

CREATE TYPE messagerole AS ENUM ('USER', 'ASSISTANT', 'SYSTEM');
CREATE TYPE moduletype AS ENUM ('SIMPLE', 'ADVANCED');
CREATE TYPE executioncontext AS ENUM ('IMMEDIATE', 'POST_RESPONSE', 'ON_DEMAND');

CREATE TABLE personas (
  id uuid NOT NULL PRIMARY KEY,
  name varchar(255) NOT NULL,
  description text,
  template text NOT NULL,
  mode varchar(20) NOT NULL,
  loop_frequency varchar(10),
  first_message text,
  image_path varchar(500),
  extra_data json,
  is_active boolean NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_personas_id ON personas (id);
CREATE INDEX ix_personas_name ON personas (name);

CREATE TABLE modules (
  id uuid NOT NULL PRIMARY KEY,
  name varchar(255) NOT NULL,
  description text,
  content text,
  type moduletype NOT NULL,
  trigger_pattern varchar(500),
  script text,
  execution_context executioncontext NOT NULL,
  requires_ai_inference boolean NOT NULL,
  script_analysis_metadata json,
  is_active boolean NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_modules_id ON modules (id);
CREATE INDEX ix_modules_name ON modules (name);

CREATE TABLE conversations (
  id uuid NOT NULL PRIMARY KEY,
  title varchar(255) NOT NULL,
  persona_id uuid REFERENCES personas (id),
  provider_type varchar(50),
  provider_config json,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_conversations_id ON conversations (id);
CREATE INDEX ix_conversations_title ON conversations (title);
CREATE INDEX ix_conversations_persona_id ON conversations (persona_id);

CREATE TABLE messages (
  id uuid NOT NULL PRIMARY KEY,
  conversation_id uuid NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  role messagerole NOT NULL,
  content text NOT NULL,
  thinking text,
  extra_data json,
  input_tokens integer,
  output_tokens integer,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_messages_id ON messages (id);
CREATE INDEX ix_messages_conversation_id ON messages (conversation_id);

CREATE TABLE conversation_states (
  id uuid NOT NULL PRIMARY KEY,
  conversation_id uuid NOT NULL,
  module_id uuid NOT NULL REFERENCES modules (id) ON DELETE CASCADE,
  execution_stage varchar(20) NOT NULL
    CONSTRAINT valid_execution_stage CHECK (execution_stage IN ('stage4', 'stage5')),
  variables jsonb NOT NULL,
  execution_metadata jsonb,
  executed_at timestamp NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT unique_conversation_module_stage UNIQUE (conversation_id, module_id, execution_stage)
);
CREATE INDEX ix_conversation_states_id ON conversation_states (id);
CREATE INDEX ix_conversation_states_conversation_id ON conversation_states (conversation_id);

CREATE TABLE conversation_memories (
  id uuid NOT NULL PRIMARY KEY,
  conversation_id uuid NOT NULL,
  memory_sequence integer NOT NULL,
  compressed_content text NOT NULL,
  original_message_range varchar(20) NOT NULL,
  message_count_at_compression integer NOT NULL,
  first_message_id varchar(100),
  created_at timestamp NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT unique_conversation_memory_sequence UNIQUE (conversation_id, memory_sequence)
);
CREATE INDEX ix_conversation_memories_id ON conversation_memories (id);
CREATE INDEX ix_conversation_memories_conversation_id ON conversation_memories (conversation_id);

-- migrate:down

DROP TABLE conversation_memories;
DROP TABLE conversation_states;
DROP TABLE messages;
DROP TABLE conversations;
DROP TABLE modules;
DROP TABLE personas;
DROP TYPE executioncontext;
DROP TYPE moduletype;
DROP TYPE messagerole;
