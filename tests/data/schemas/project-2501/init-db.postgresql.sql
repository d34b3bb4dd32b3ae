-- SPDX-License-Identifier: GPL-3.0-or-later
-- Project 2501, variant "init-db": the consolidated script of Docker and manual installations.
-- Its starter rows (a persona and two modules) are left out.
-- The default 'simple' of modules.type is really in lower case there, though the application reads only 'SIMPLE' and 'ADVANCED'.

CREATE EXTENSION IF NOT EXISTS pgcrypto;

CREATE TYPE execution_context_enum AS ENUM ('IMMEDIATE', 'POST_RESPONSE', 'ON_DEMAND');

CREATE TABLE personas (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    name VARCHAR(255) NOT NULL,
    description TEXT,
    template TEXT NOT NULL,
    mode VARCHAR(20) NOT NULL DEFAULT 'reactive',
    loop_frequency VARCHAR(10),
    first_message TEXT,
    image_path VARCHAR(500),
    extra_data JSONB,
    is_active BOOLEAN NOT NULL DEFAULT TRUE,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(),
    CONSTRAINT unique_persona_name UNIQUE (name),
    CONSTRAINT valid_persona_mode CHECK (mode IN ('reactive', 'autonomous')),
    CONSTRAINT valid_loop_frequency CHECK (
        loop_frequency IS NULL OR
        (mode = 'autonomous' AND loop_frequency ~ '^[0-9]*\.?[0-9]+$' AND CAST(loop_frequency AS FLOAT) > 0)
    )
);

CREATE TABLE modules (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    name VARCHAR(255) NOT NULL,
    description TEXT,
    content TEXT,
    type VARCHAR(20) NOT NULL DEFAULT 'simple',
    trigger_pattern VARCHAR(500),
    script TEXT,
    execution_context execution_context_enum NOT NULL DEFAULT 'ON_DEMAND',
    requires_ai_inference BOOLEAN NOT NULL DEFAULT FALSE,
    script_analysis_metadata JSONB DEFAULT '{}',
    is_active BOOLEAN NOT NULL DEFAULT TRUE,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(),
    CONSTRAINT unique_module_name UNIQUE (name),
    CONSTRAINT valid_module_name_format CHECK (name ~ '^[a-z][a-z0-9_]{0,49}$' AND LENGTH(name) <= 50)
);

CREATE TABLE conversations (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    title VARCHAR(255) NOT NULL,
    persona_id UUID REFERENCES personas(id) ON DELETE SET NULL,
    provider_type VARCHAR(50),
    provider_config JSONB,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW()
);

CREATE TABLE messages (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    conversation_id UUID NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
    role VARCHAR(20) NOT NULL,
    content TEXT NOT NULL,
    thinking TEXT,
    extra_data JSONB,
    input_tokens INTEGER,
    output_tokens INTEGER,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW()
);

CREATE TABLE conversation_states (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    conversation_id UUID NOT NULL,
    module_id UUID NOT NULL REFERENCES modules(id) ON DELETE CASCADE,
    execution_stage VARCHAR(20) NOT NULL CHECK (execution_stage IN ('stage4', 'stage5')),
    variables JSONB NOT NULL DEFAULT '{}',
    execution_metadata JSONB DEFAULT '{}',
    executed_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT CURRENT_TIMESTAMP,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(),
    UNIQUE(conversation_id, module_id, execution_stage)
);

CREATE TABLE conversation_memories (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    conversation_id UUID NOT NULL,
    memory_sequence INTEGER NOT NULL CHECK (memory_sequence > 0),
    compressed_content TEXT NOT NULL CHECK (char_length(compressed_content) > 0),
    original_message_range VARCHAR(20) NOT NULL,
    message_count_at_compression INTEGER NOT NULL CHECK (message_count_at_compression > 0),
    first_message_id VARCHAR(100),
    created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(),
    UNIQUE (conversation_id, memory_sequence)
);

CREATE INDEX idx_personas_name ON personas(name);
CREATE INDEX idx_personas_mode ON personas(mode);
CREATE INDEX idx_personas_active ON personas(is_active);
CREATE INDEX idx_modules_name ON modules(name);
CREATE INDEX idx_modules_type ON modules(type);
CREATE INDEX idx_modules_active ON modules(is_active);
CREATE INDEX idx_modules_execution_context ON modules(execution_context);
CREATE INDEX idx_modules_ai_inference ON modules(requires_ai_inference);
CREATE INDEX idx_modules_context_ai_active ON modules(execution_context, requires_ai_inference, is_active);
CREATE INDEX idx_conversations_persona_id ON conversations(persona_id);
CREATE INDEX idx_conversations_created_at ON conversations(created_at);
CREATE INDEX idx_messages_conversation_id ON messages(conversation_id);
CREATE INDEX idx_messages_created_at ON messages(created_at);
CREATE INDEX idx_conversation_states_conversation_id ON conversation_states(conversation_id);
CREATE INDEX idx_conversation_states_module_id ON conversation_states(module_id);
CREATE INDEX idx_conversation_states_executed_at ON conversation_states(executed_at);
CREATE INDEX idx_conversation_memories_conversation_id ON conversation_memories(conversation_id);
CREATE INDEX idx_conversation_memories_sequence ON conversation_memories(conversation_id, memory_sequence);
CREATE INDEX idx_conversation_memories_created_at ON conversation_memories(created_at);

CREATE OR REPLACE FUNCTION update_updated_at_column()
RETURNS TRIGGER AS $$
BEGIN
    NEW.updated_at = NOW();
    RETURN NEW;
END;
$$ LANGUAGE plpgsql;

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
