// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"

#include <QString>
#include <QStringList>
#include <QUrl>

#include <stop_token>
#include <vector>

namespace turnstone {

/// A server that makes vectors of texts, by OpenAI's `/v1/embeddings`: llama.cpp, Ollama, vLLM on this machine, or any URL.
struct EmbeddingEndpoint
{
    /// `http://localhost:8080`, `…/v1` or `…/v1/embeddings`.
    QString url;
    QString model;
    /// Sent as a bearer token; may be empty. Never in settings, messages or logs.
    QString key;

    bool isEmpty() const { return url.trimmed().isEmpty(); }
    /// Errors: InvalidInput (no http URL; a key that would travel unencrypted to another machine).
    [[nodiscard]] Result<QUrl> requestUrl() const;
    /// The name under which a SecretStore keeps the key.
    QString secretName() const;
};

/// Sends the texts to the endpoint, nothing else, follows no redirection, and gives a vector for each, in order. Blocks until the answer, a
/// minute of silence, or the stop; for workers and sessions, never for the GUI thread. Errors: InvalidInput, Permission (the key), Connection,
/// Unsupported (what came is no answer of such a server), Cancelled.
[[nodiscard]] Result<std::vector<std::vector<double>>> embedTexts(const EmbeddingEndpoint &endpoint, const QStringList &texts, const std::stop_token &stop);

} // namespace turnstone
