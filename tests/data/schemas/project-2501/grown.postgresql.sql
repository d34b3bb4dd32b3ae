-- SPDX-License-Identifier: GPL-3.0-or-later
-- Project 2501, variant "grown": a developer's database, made by the early classes and taken through 001 to 008.
-- Written here in its final state: note the order of columns (messages.id and conversations.persona_id are last),
-- modules.timing and modules.extra_data that were never removed, and the runner's own table.

CREATE TYPE messagerole AS ENUM ('USER', 'ASSISTANT', 'SYSTEM');
CREATE TYPE moduletype AS ENUM ('SIMPLE', 'ADVANCED');
CREATE TYPE executiontiming AS ENUM ('BEFORE', 'AFTER', 'CUSTOM');
CREATE TYPE execution_context_enum AS ENUM ('IMMEDIATE', 'POST_RESPONSE', 'ON_DEMAND');

CREATE TABLE applied_migrations (
    id SERIAL PRIMARY KEY,
    filename VARCHAR(255) NOT NULL UNIQUE,
    applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

INSERT INTO applied_migrations (filename) VALUES
    ('001_add_thinking_and_persona_relationship.sql'),
    ('002_fix_message_cascade_delete.sql'),
    ('003_convert_messages_to_uuid.sql'),
    ('004_allow_empty_module_content.sql'),
    ('005_add_cognitive_engine_constraints.sql'),
    ('006_staged_execution_redesign.sql'),
    ('007_add_conversation_memory.sql'),
    ('008_add_first_message_id.sql');

CREATE TABLE personas (
	id UUID NOT NULL,
	name VARCHAR(255) NOT NULL,
	description TEXT,
	template TEXT NOT NULL,
	mode VARCHAR(20) NOT NULL,
	loop_frequency VARCHAR(10),
	first_message TEXT,
	image_path VARCHAR(500),
	extra_data JSON,
	is_active BOOLEAN NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT unique_persona_name UNIQUE (name),
	CONSTRAINT valid_persona_mode CHECK (mode IN ('reactive', 'autonomous')),
	CONSTRAINT valid_loop_frequency CHECK (
		loop_frequency IS NULL OR
		(mode = 'autonomous' AND loop_frequency ~ '^[0-9]*\.?[0-9]+$' AND CAST(loop_frequency AS FLOAT) > 0)
	)
);

CREATE INDEX ix_personas_id ON personas (id);
CREATE INDEX ix_personas_name ON personas (name);
CREATE INDEX idx_personas_mode ON personas (mode);
CREATE INDEX idx_personas_active ON personas (is_active);

CREATE TABLE modules (
	id UUID NOT NULL,
	name VARCHAR(255) NOT NULL,
	description TEXT,
	content TEXT,
	type moduletype NOT NULL,
	trigger_pattern VARCHAR(500),
	script TEXT,
	timing executiontiming,
	extra_data JSON,
	is_active BOOLEAN NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	execution_context execution_context_enum DEFAULT 'ON_DEMAND' NOT NULL,
	requires_ai_inference BOOLEAN DEFAULT FALSE,
	script_analysis_metadata JSONB DEFAULT '{}',
	PRIMARY KEY (id),
	CONSTRAINT unique_module_name UNIQUE (name),
	CONSTRAINT valid_module_name_format CHECK (name ~ '^[a-z][a-z0-9_]{0,49}$' AND LENGTH(name) <= 50),
	CONSTRAINT valid_execution_context CHECK (execution_context IN ('IMMEDIATE', 'POST_RESPONSE', 'ON_DEMAND'))
);

COMMENT ON COLUMN modules.content IS 'Text of the module; may be empty when a script fills it in';

CREATE INDEX ix_modules_id ON modules (id);
CREATE INDEX ix_modules_name ON modules (name);
CREATE INDEX idx_modules_type ON modules (type);
CREATE INDEX idx_modules_active ON modules (is_active);
CREATE INDEX idx_modules_execution_context ON modules (execution_context);
CREATE INDEX idx_modules_ai_inference ON modules (requires_ai_inference);
CREATE INDEX idx_modules_context_ai_active ON modules (execution_context, requires_ai_inference, is_active);

CREATE TABLE conversations (
	id UUID NOT NULL,
	title VARCHAR(255) NOT NULL,
	provider_type VARCHAR(50),
	provider_config JSON,
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	persona_id UUID,
	PRIMARY KEY (id),
	CONSTRAINT fk_conversations_persona_id FOREIGN KEY (persona_id) REFERENCES personas (id) ON DELETE SET NULL
);

CREATE INDEX ix_conversations_id ON conversations (id);
CREATE INDEX ix_conversations_title ON conversations (title);
CREATE INDEX idx_conversations_persona_id ON conversations (persona_id);

CREATE TABLE messages (
	conversation_id UUID NOT NULL,
	role messagerole NOT NULL,
	content TEXT NOT NULL,
	extra_data JSON,
	input_tokens INTEGER,
	output_tokens INTEGER,
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	thinking TEXT,
	id UUID DEFAULT gen_random_uuid() NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY (conversation_id) REFERENCES conversations (id) ON DELETE CASCADE
);

CREATE INDEX ix_messages_conversation_id ON messages (conversation_id);
CREATE INDEX idx_messages_id ON messages (id);

CREATE TABLE conversation_states (
	id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
	conversation_id UUID NOT NULL,
	module_id UUID NOT NULL REFERENCES modules (id) ON DELETE CASCADE,
	execution_stage VARCHAR(20) NOT NULL CHECK (execution_stage IN ('stage4', 'stage5')),
	variables JSONB NOT NULL DEFAULT '{}',
	execution_metadata JSONB DEFAULT '{}',
	executed_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
	UNIQUE (conversation_id, module_id, execution_stage)
);

CREATE INDEX idx_conversation_states_conversation_id ON conversation_states (conversation_id);
CREATE INDEX idx_conversation_states_module_id ON conversation_states (module_id);
CREATE INDEX idx_conversation_states_executed_at ON conversation_states (executed_at);

CREATE TABLE conversation_memories (
	id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
	conversation_id UUID NOT NULL,
	memory_sequence INTEGER NOT NULL,
	compressed_content TEXT NOT NULL,
	original_message_range VARCHAR(20) NOT NULL,
	message_count_at_compression INTEGER NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE DEFAULT NOW() NOT NULL,
	first_message_id VARCHAR(100),
	CONSTRAINT unique_conversation_memory_sequence UNIQUE (conversation_id, memory_sequence),
	CONSTRAINT check_positive_message_count CHECK (message_count_at_compression > 0),
	CONSTRAINT check_positive_memory_sequence CHECK (memory_sequence > 0),
	CONSTRAINT check_non_empty_content CHECK (char_length(compressed_content) > 0)
);

CREATE INDEX idx_conversation_memories_conversation_id ON conversation_memories (conversation_id);
CREATE INDEX idx_conversation_memories_sequence ON conversation_memories (conversation_id, memory_sequence);
CREATE INDEX idx_conversation_memories_created_at ON conversation_memories (created_at);
