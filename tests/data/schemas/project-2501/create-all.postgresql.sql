-- SPDX-License-Identifier: GPL-3.0-or-later
-- Project 2501, variant "create-all": what create_all of the application's classes makes in an empty database.
-- Native enumerations without defaults, json where the consolidated script has jsonb, no triggers,
-- and two timestamps without time zone among those with one.

CREATE TYPE messagerole AS ENUM ('USER', 'ASSISTANT', 'SYSTEM');
CREATE TYPE moduletype AS ENUM ('SIMPLE', 'ADVANCED');
CREATE TYPE executioncontext AS ENUM ('IMMEDIATE', 'POST_RESPONSE', 'ON_DEMAND');

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
	PRIMARY KEY (id)
);

CREATE INDEX ix_personas_id ON personas (id);
CREATE INDEX ix_personas_name ON personas (name);

CREATE TABLE modules (
	id UUID NOT NULL,
	name VARCHAR(255) NOT NULL,
	description TEXT,
	content TEXT,
	type moduletype NOT NULL,
	trigger_pattern VARCHAR(500),
	script TEXT,
	execution_context executioncontext NOT NULL,
	requires_ai_inference BOOLEAN NOT NULL,
	script_analysis_metadata JSON,
	is_active BOOLEAN NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	PRIMARY KEY (id)
);

CREATE INDEX ix_modules_id ON modules (id);
CREATE INDEX ix_modules_name ON modules (name);

CREATE TABLE conversation_memories (
	id UUID NOT NULL,
	conversation_id UUID NOT NULL,
	memory_sequence INTEGER NOT NULL,
	compressed_content TEXT NOT NULL,
	original_message_range VARCHAR(20) NOT NULL,
	message_count_at_compression INTEGER NOT NULL,
	first_message_id VARCHAR(100),
	created_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
	updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT unique_conversation_memory_sequence UNIQUE (conversation_id, memory_sequence)
);

CREATE INDEX ix_conversation_memories_id ON conversation_memories (id);
CREATE INDEX ix_conversation_memories_conversation_id ON conversation_memories (conversation_id);

CREATE TABLE conversations (
	id UUID NOT NULL,
	title VARCHAR(255) NOT NULL,
	persona_id UUID,
	provider_type VARCHAR(50),
	provider_config JSON,
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(persona_id) REFERENCES personas (id)
);

CREATE INDEX ix_conversations_id ON conversations (id);
CREATE INDEX ix_conversations_persona_id ON conversations (persona_id);
CREATE INDEX ix_conversations_title ON conversations (title);

CREATE TABLE conversation_states (
	id UUID NOT NULL,
	conversation_id UUID NOT NULL,
	module_id UUID NOT NULL,
	execution_stage VARCHAR(20) NOT NULL,
	variables JSONB NOT NULL,
	execution_metadata JSONB,
	executed_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT unique_conversation_module_stage UNIQUE (conversation_id, module_id, execution_stage),
	CONSTRAINT valid_execution_stage CHECK (execution_stage IN ('stage4', 'stage5')),
	FOREIGN KEY(module_id) REFERENCES modules (id) ON DELETE CASCADE
);

CREATE INDEX ix_conversation_states_id ON conversation_states (id);
CREATE INDEX ix_conversation_states_conversation_id ON conversation_states (conversation_id);

CREATE TABLE messages (
	id UUID NOT NULL,
	conversation_id UUID NOT NULL,
	role messagerole NOT NULL,
	content TEXT NOT NULL,
	thinking TEXT,
	extra_data JSON,
	input_tokens INTEGER,
	output_tokens INTEGER,
	created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(conversation_id) REFERENCES conversations (id) ON DELETE CASCADE
);

CREATE INDEX ix_messages_id ON messages (id);
CREATE INDEX ix_messages_conversation_id ON messages (conversation_id);
