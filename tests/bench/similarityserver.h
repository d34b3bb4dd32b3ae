// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <cstddef>

/// What the program adds to a search by pgvector: from the question to described hits, beside psql running the same statement for the
/// same vectors in turn. Makes a table and an index in the database of `url` and drops them again.
void similarityOnAServer(const QString &url, std::size_t rows, std::size_t dimension);
