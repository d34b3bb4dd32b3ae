// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/profiles/positionedjson.h"
#include "models/profiles/resolvedprofile.h"

#include <memory>
#include <optional>
#include <vector>

namespace turnstone {

/// A mistake in a profile's file.
struct ProfileProblem
{
    QString file;
    int line = 0;
    int column = 0;
    /// Where in the document: "trees[0].children[1].link".
    QString path;
    QString reason;

    /// "file:line:column: reason (at path)"
    QString toText() const;
};

/// What has to be in a catalog, in the database's own names: "table" or "table.column".
struct CatalogCondition
{
    QStringList has;
    QStringList hasNot;
    std::vector<std::pair<QString, QString>> types; ///< column → type with wildcards
    QStringList enums;
    QStringList hasNotEnums;
    QStringList notNull;
    QStringList nullable;
    QStringList constraints;
    QStringList cascades; ///< columns of a foreign key with ON DELETE CASCADE
    std::vector<CatalogCondition> any;

    bool holds(const Catalog &catalog, const QString &schema) const;
};

/// From its form in a profile that was found to be without mistakes, as in ResolvedProfile::migrations.
CatalogCondition conditionFromJson(const QJsonObject &object);

struct RecogniseRule
{
    QStringList must;
    int atLeast = 0;
    QStringList of;
    QStringList votes;
    QStringList incomplete;
};

/// One of the shapes in which an application's database occurs.
struct ProfileVariant
{
    QString id;
    QString title;
    QString about;
    CatalogCondition when;
    RecogniseRule recognise;
    /// Folder below migrations/ for `new`; empty if that engine has none.
    QString sqliteSchema;
    QString postgresqlSchema;

    QString schemaFolder(Engine engine) const { return engine == Engine::Sqlite ? sqliteSchema : postgresqlSchema; }
};

/// One profile file, loaded and found to be without mistakes. Immutable; copies share the document;
/// may be used from any thread. Made by ProfileLoader.
class Profile
{
public:
    QString id() const { return m_id; }
    QString title() const { return m_title; }
    QString about() const { return m_about; }
    /// The file it came from; ":/profiles/…" for a built-in one.
    QString source() const { return m_source; }
    bool isBuiltIn() const { return m_source.startsWith(QLatin1Char(':')); }
    /// In the order in which recognition tries them.
    const std::vector<ProfileVariant> &variants() const { return m_variants; }
    const ProfileVariant *variant(const QString &variantId) const;
    /// The one that `new` makes.
    const ProfileVariant &defaultVariant() const;

    /// The variant in the names of the database. With a catalog, what it lacks is left out; without
    /// one, the variant as declared. An unknown variant gives the default one.
    ResolvedProfile resolve(const QString &variantId, Engine engine, const Catalog *catalog = nullptr, const QString &schema = {}) const;

private:
    friend class ProfileLoader;

    QString m_id;
    QString m_title;
    QString m_about;
    QString m_source;
    QString m_default;
    std::vector<ProfileVariant> m_variants;
    std::shared_ptr<const JsonNode> m_document;
};

} // namespace turnstone
