-- From the grown tables to the documented tables
-- Moves the tables aside, makes those of the reference document and fills them. Times become UTC without a zone; a stage's variables become a state of that name; what is known
-- of a memory beside its text goes into metadata; the priority follows from context and use of AI (1, 2, 4, 5, 999), as the application computes it.
-- What the document has no place for (extra data, analyses, timings, and states and memories whose conversation is gone) is kept in conversion_leftovers.
-- There is no way down; the backup is the way back. Needs the extension vector (pgvector).
-- count personas: SELECT count(*) FROM personas => SELECT count(*) FROM personas
-- count modules: SELECT count(*) FROM modules => SELECT count(*) FROM modules
-- count conversations: SELECT count(*) FROM conversations => SELECT count(*) FROM conversations
-- count messages: SELECT count(*) FROM messages => SELECT count(*) FROM messages
-- count states: SELECT count(*) FROM conversation_states => SELECT (SELECT count(*) FROM conversation_states) + (SELECT count(*) FROM conversion_leftovers WHERE source_table = 'conversation_states' AND columns ? 'conversation_id')
-- count memories: SELECT count(*) FROM conversation_memories => SELECT (SELECT count(*) FROM conversation_memory) + (SELECT count(*) FROM conversion_leftovers WHERE source_table = 'conversation_memories' AND columns ? 'conversation_id')

-- migrate:up

CREATE EXTENSION IF NOT EXISTS vector;

-- A time without a zone means UTC here.
SET LOCAL TimeZone = 'UTC';

CREATE SCHEMA conversion_source;
ALTER TABLE personas SET SCHEMA conversion_source;
ALTER TABLE modules SET SCHEMA conversion_source;
ALTER TABLE conversations SET SCHEMA conversion_source;
ALTER TABLE messages SET SCHEMA conversion_source;
ALTER TABLE conversation_states SET SCHEMA conversion_source;
ALTER TABLE conversation_memories SET SCHEMA conversion_source;

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

CREATE TABLE modules (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name varchar(255) NOT NULL,
  description text,
  content text,
  type varchar(50) NOT NULL,
  trigger_pattern varchar(500),
  script text,
  execution_context varchar(50),
  requires_ai_inference boolean DEFAULT false,
  stage_priority integer DEFAULT 100,
  is_active boolean DEFAULT true,
  created_at timestamp DEFAULT now(),
  updated_at timestamp DEFAULT now()
);

CREATE TABLE conversations (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  title varchar(255) NOT NULL,
  persona_id uuid REFERENCES personas(id),
  provider_type varchar(50),
  provider_config jsonb,
  created_at timestamp DEFAULT now(),
  updated_at timestamp DEFAULT now()
);

CREATE TABLE messages (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  conversation_id uuid REFERENCES conversations(id) ON DELETE CASCADE,
  role varchar(50) NOT NULL,
  content text NOT NULL,
  thinking text,
  extra_data jsonb,
  input_tokens integer,
  output_tokens integer,
  created_at timestamp DEFAULT now(),
  updated_at timestamp DEFAULT now()
);

CREATE TABLE conversation_states (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  conversation_id uuid REFERENCES conversations(id) ON DELETE CASCADE,
  persona_id uuid REFERENCES personas(id) ON DELETE CASCADE,
  module_id uuid REFERENCES modules(id) ON DELETE CASCADE,
  state_key varchar(255) NOT NULL,
  state_value jsonb NOT NULL,
  created_at timestamp DEFAULT now(),
  updated_at timestamp DEFAULT now(),
  UNIQUE(conversation_id, persona_id, module_id, state_key)
);

CREATE TABLE conversation_memory (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  conversation_id uuid REFERENCES conversations(id) ON DELETE CASCADE,
  persona_id uuid REFERENCES personas(id) ON DELETE SET NULL,
  first_message_id uuid REFERENCES messages(id) ON DELETE SET NULL,
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

CREATE INDEX idx_personas_created_at ON personas(created_at);
CREATE INDEX idx_modules_created_at ON modules(created_at);
CREATE INDEX idx_conversations_persona_id ON conversations(persona_id);
CREATE INDEX idx_conversations_created_at ON conversations(created_at);
CREATE INDEX idx_messages_conversation_id ON messages(conversation_id);
CREATE INDEX idx_messages_created_at ON messages(created_at);
CREATE INDEX idx_conversation_states_conversation_id ON conversation_states(conversation_id);
CREATE INDEX idx_conversation_states_persona_id ON conversation_states(persona_id);
CREATE INDEX idx_conversation_states_module_id ON conversation_states(module_id);
CREATE INDEX idx_conversation_states_created_at ON conversation_states(created_at);
CREATE INDEX idx_conversation_memory_conversation_id ON conversation_memory(conversation_id);
CREATE INDEX idx_conversation_memory_persona_id ON conversation_memory(persona_id);
CREATE INDEX idx_conversation_memory_first_message_id ON conversation_memory(first_message_id);
CREATE INDEX idx_conversation_memory_created_at ON conversation_memory(created_at);
CREATE INDEX idx_conversation_memory_embedding ON conversation_memory USING hnsw (embedding vector_cosine_ops);

CREATE TABLE conversion_leftovers (
  source_table text NOT NULL,
  source_key text NOT NULL,
  columns jsonb NOT NULL,
  PRIMARY KEY (source_table, source_key)
);

INSERT INTO personas (id, name, description, template, mode, loop_frequency, first_message, image_path, is_active, created_at, updated_at)
  SELECT id, name, description, template, mode, loop_frequency, first_message, image_path, is_active, created_at::timestamptz AT TIME ZONE 'UTC', updated_at::timestamptz AT TIME ZONE 'UTC'
    FROM conversion_source.personas;
INSERT INTO modules (id, name, description, content, type, trigger_pattern, script, execution_context, requires_ai_inference, stage_priority, is_active, created_at, updated_at)
  SELECT id, name, description, content, type::text, trigger_pattern, script, execution_context::text, requires_ai_inference,
         CASE execution_context::text WHEN 'IMMEDIATE' THEN 1 WHEN 'POST_RESPONSE' THEN 4 ELSE 999 END
           + CASE WHEN requires_ai_inference AND execution_context::text <> 'ON_DEMAND' THEN 1 ELSE 0 END,
         is_active, created_at::timestamptz AT TIME ZONE 'UTC', updated_at::timestamptz AT TIME ZONE 'UTC'
    FROM conversion_source.modules;
INSERT INTO conversations (id, title, persona_id, provider_type, provider_config, created_at, updated_at)
  SELECT id, title, persona_id, provider_type, provider_config::jsonb, created_at::timestamptz AT TIME ZONE 'UTC', updated_at::timestamptz AT TIME ZONE 'UTC'
    FROM conversion_source.conversations;
INSERT INTO messages (id, conversation_id, role, content, thinking, extra_data, input_tokens, output_tokens, created_at, updated_at)
  SELECT id, conversation_id, role::text, content, thinking, extra_data::jsonb, input_tokens, output_tokens, created_at::timestamptz AT TIME ZONE 'UTC', updated_at::timestamptz AT TIME ZONE 'UTC'
    FROM conversion_source.messages;
INSERT INTO conversation_states (id, conversation_id, persona_id, module_id, state_key, state_value, created_at, updated_at)
  SELECT s.id, s.conversation_id, c.persona_id, s.module_id, s.execution_stage, s.variables,
         coalesce((to_jsonb(s) ->> 'created_at')::timestamptz AT TIME ZONE 'UTC', s.executed_at::timestamptz AT TIME ZONE 'UTC'),
         coalesce((to_jsonb(s) ->> 'updated_at')::timestamptz AT TIME ZONE 'UTC', s.executed_at::timestamptz AT TIME ZONE 'UTC')
    FROM conversion_source.conversation_states s JOIN conversations c ON c.id = s.conversation_id;
INSERT INTO conversation_memory (id, conversation_id, persona_id, first_message_id, content, metadata, created_at, updated_at)
  SELECT m.id, m.conversation_id, c.persona_id, (SELECT id FROM messages WHERE id::text = m.first_message_id), m.compressed_content,
         jsonb_build_object('memory_sequence', m.memory_sequence, 'original_message_range', m.original_message_range, 'message_count_at_compression', m.message_count_at_compression),
         m.created_at::timestamptz AT TIME ZONE 'UTC', coalesce((to_jsonb(m) ->> 'updated_at')::timestamptz AT TIME ZONE 'UTC', m.created_at::timestamptz AT TIME ZONE 'UTC')
    FROM conversion_source.conversation_memories m JOIN conversations c ON c.id = m.conversation_id;

INSERT INTO conversion_leftovers (source_table, source_key, columns)
  SELECT 'personas', id, jsonb_build_object('extra_data', to_jsonb(p) -> 'extra_data')
    FROM conversion_source.personas p WHERE jsonb_typeof(to_jsonb(p) -> 'extra_data') NOT IN ('null');
INSERT INTO conversion_leftovers (source_table, source_key, columns)
  SELECT 'modules', id, jsonb_strip_nulls(jsonb_build_object('script_analysis_metadata', to_jsonb(m) -> 'script_analysis_metadata', 'timing', to_jsonb(m) -> 'timing', 'extra_data', to_jsonb(m) -> 'extra_data'))
    FROM conversion_source.modules m
   WHERE to_jsonb(m) -> 'timing' IS NOT NULL OR coalesce(to_jsonb(m) -> 'script_analysis_metadata', 'null') NOT IN ('null', '{}') OR coalesce(to_jsonb(m) -> 'extra_data', 'null') NOT IN ('null', '{}');
INSERT INTO conversion_leftovers (source_table, source_key, columns)
  SELECT 'conversation_states', s.id, CASE WHEN c.id IS NULL THEN to_jsonb(s) ELSE jsonb_build_object('execution_metadata', s.execution_metadata, 'executed_at', s.executed_at) END
    FROM conversion_source.conversation_states s LEFT JOIN conversations c ON c.id = s.conversation_id;
INSERT INTO conversion_leftovers (source_table, source_key, columns)
  SELECT 'conversation_memories', m.id, CASE WHEN c.id IS NULL THEN to_jsonb(m) ELSE jsonb_build_object('first_message_id', m.first_message_id) END
    FROM conversion_source.conversation_memories m LEFT JOIN conversations c ON c.id = m.conversation_id
   WHERE c.id IS NULL OR (m.first_message_id IS NOT NULL AND NOT EXISTS (SELECT FROM messages WHERE id::text = m.first_message_id));

DROP TABLE conversion_source.conversation_memories;
DROP TABLE conversion_source.conversation_states;
DROP TABLE conversion_source.messages;
DROP TABLE conversion_source.conversations;
DROP TABLE conversion_source.modules;
DROP TABLE conversion_source.personas;
DROP SCHEMA conversion_source;
DROP TYPE messagerole;
DROP TYPE moduletype;
DROP TYPE IF EXISTS executiontiming;
DROP TYPE execution_context_enum;
DROP TABLE IF EXISTS applied_migrations;

-- migrate:down

