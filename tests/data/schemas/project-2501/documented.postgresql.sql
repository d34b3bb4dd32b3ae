-- SPDX-License-Identifier: GPL-3.0-or-later
-- Project 2501, variant "documented": the tables as the reference document lists them.
-- Inferred, since the document only names them: the defaults of id and of the timestamps, the indexes on foreign keys
-- and on created_at, and the operator class of the HNSW index.

CREATE EXTENSION IF NOT EXISTS vector;

CREATE TABLE personas (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    name VARCHAR(255) NOT NULL,
    description TEXT,
    template TEXT NOT NULL,
    mode VARCHAR(50),
    loop_frequency VARCHAR(50),
    first_message TEXT,
    image_path VARCHAR(500),
    is_active BOOLEAN DEFAULT TRUE,
    created_at TIMESTAMP DEFAULT now(),
    updated_at TIMESTAMP DEFAULT now()
);

CREATE TABLE modules (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    name VARCHAR(255) NOT NULL,
    description TEXT,
    content TEXT,
    type VARCHAR(50) NOT NULL,
    trigger_pattern VARCHAR(500),
    script TEXT,
    execution_context VARCHAR(50),
    requires_ai_inference BOOLEAN DEFAULT FALSE,
    stage_priority INTEGER DEFAULT 100,
    is_active BOOLEAN DEFAULT TRUE,
    created_at TIMESTAMP DEFAULT now(),
    updated_at TIMESTAMP DEFAULT now()
);

CREATE TABLE conversations (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    title VARCHAR(255) NOT NULL,
    persona_id UUID REFERENCES personas(id),
    provider_type VARCHAR(50),
    provider_config JSONB,
    created_at TIMESTAMP DEFAULT now(),
    updated_at TIMESTAMP DEFAULT now()
);

CREATE TABLE messages (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    conversation_id UUID REFERENCES conversations(id) ON DELETE CASCADE,
    role VARCHAR(50) NOT NULL,
    content TEXT NOT NULL,
    thinking TEXT,
    extra_data JSONB,
    input_tokens INTEGER,
    output_tokens INTEGER,
    created_at TIMESTAMP DEFAULT now(),
    updated_at TIMESTAMP DEFAULT now()
);

CREATE TABLE conversation_states (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    conversation_id UUID REFERENCES conversations(id) ON DELETE CASCADE,
    persona_id UUID REFERENCES personas(id) ON DELETE CASCADE,
    module_id UUID REFERENCES modules(id) ON DELETE CASCADE,
    state_key VARCHAR(255) NOT NULL,
    state_value JSONB NOT NULL,
    created_at TIMESTAMP DEFAULT now(),
    updated_at TIMESTAMP DEFAULT now(),
    UNIQUE(conversation_id, persona_id, module_id, state_key)
);

CREATE TABLE conversation_memory (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    conversation_id UUID REFERENCES conversations(id) ON DELETE CASCADE,
    persona_id UUID REFERENCES personas(id) ON DELETE SET NULL,
    first_message_id UUID REFERENCES messages(id) ON DELETE SET NULL,
    content TEXT NOT NULL,
    memory_type VARCHAR(50),
    importance FLOAT DEFAULT 0.5,
    embedding vector(1536),
    metadata JSONB,
    last_accessed TIMESTAMP,
    access_count INTEGER DEFAULT 0,
    created_at TIMESTAMP DEFAULT now(),
    updated_at TIMESTAMP DEFAULT now()
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
