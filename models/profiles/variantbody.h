// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/profiles/positionedjson.h"
#include "models/profiles/profilewalker.h"

#include <QString>

#include <vector>

namespace turnstone {

/// The keys that a profile and each of its variants may hold besides their own: tables, trees, ….
const QStringList &bodyKeys();

/// One variant's view of a profile's document: the body with everything that the variant (and what
/// it extends) adds, and the names that follow. Knows the document's form only as far as it must;
/// what is malformed is skipped here and told by ProfileLoader and ProfileWalker.
class VariantBody
{
public:
    VariantBody(const JsonNode &document, const QString &variantId);

    const JsonNode &body() const { return m_body; }
    /// With a catalog, what it lacks is marked as not there.
    VariantNames names(const Catalog *catalog = nullptr, const QString &schema = {}) const;
    /// Mistakes in `rename` and `without`.
    std::vector<WalkProblem> problems() const;

private:
    void addLayer(const JsonNode &layer, const QString &path);

    struct NamedAt
    {
        QString name;
        QString value;
        int offset = 0;
        QString path;
    };
    JsonNode m_body;
    std::vector<NamedAt> m_renames;
    std::vector<NamedAt> m_without;
};

} // namespace turnstone
