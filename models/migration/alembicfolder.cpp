// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/migration/alembicfolder.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QSet>

#include <algorithm>

namespace turnstone {

namespace {

using namespace Qt::StringLiterals;

struct AlembicFolderText
{
    Q_DECLARE_TR_FUNCTIONS(AlembicFolder)
};

QString versionsOf(const QString &folder)
{
    const QDir dir(folder);
    for (const QString &name : {u"versions"_s, u"alembic/versions"_s, u"migrations/versions"_s}) {
        if (dir.exists(name))
            return dir.filePath(name);
    }
    return folder;
}

/// The texts in a Python expression such as `'a1'`, `("a1", "b2")` or `None`.
QStringList textsIn(const QString &expression)
{
    static const QRegularExpression text(u"'([^'\\\\]*)'|\"([^\"\\\\]*)\""_s);
    QStringList texts;
    for (auto it = text.globalMatch(expression); it.hasNext();) {
        const QRegularExpressionMatch match = it.next();
        texts.append(match.captured(1).isEmpty() ? match.captured(2) : match.captured(1));
    }
    return texts;
}

/// What is assigned to a name at the beginning of a line, with or without a type; parentheses may span lines.
QString assigned(const QString &source, const QString &name)
{
    const QRegularExpression shape(u"^%1[ \\t]*(?::[^=\\n]*)?=[ \\t]*(\\([^)]*\\)|\\[[^\\]]*\\]|[^\\n#]*)"_s.arg(name), QRegularExpression::MultilineOption);
    return shape.match(source).captured(1).trimmed();
}

int lineOfFunction(const QString &source, const QString &name)
{
    const QRegularExpression shape(u"^(?:async[ \\t]+)?def[ \\t]+%1[ \\t]*\\("_s.arg(name), QRegularExpression::MultilineOption);
    const QRegularExpressionMatch match = shape.match(source);
    return match.hasMatch() ? 1 + int(QStringView(source).left(match.capturedStart()).count(u'\n')) : 0;
}

void readDocstring(const QString &source, AlembicRevision &revision)
{
    static const QRegularExpression shape(u"^(?:\\s|#[^\\n]*\\n)*[rRuU]?(\"\"\"|''')(.*?)\\1"_s, QRegularExpression::DotMatchesEverythingOption);
    static const QRegularExpression field(u"^(Revision ID|Revises|Create Date)\\s*:\\s*(.*)$"_s);
    QStringList words;
    for (const QString &line : shape.match(source).captured(2).split(u'\n')) {
        const QString trimmed = line.trimmed();
        if (const QRegularExpressionMatch match = field.match(trimmed); match.hasMatch()) {
            if (match.captured(1) == "Create Date"_L1)
                revision.created = match.captured(2);
        } else if (!trimmed.isEmpty()) {
            words.append(trimmed);
        }
    }
    revision.title = words.value(0);
    revision.description = words.mid(1).join(u' ');
}

Result<std::optional<AlembicRevision>> readScript(const QString &path, const QString &name)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return failure(ErrorCode::Io, AlembicFolderText::tr("\"%1\" cannot be read.").arg(path), file.errorString());
    QString source = QString::fromUtf8(file.readAll());
    source.replace("\r\n"_L1, "\n"_L1);
    AlembicRevision revision;
    revision.fileName = name;
    revision.revision = textsIn(assigned(source, u"revision"_s)).value(0);
    if (revision.revision.isEmpty()) {
        if (lineOfFunction(source, u"upgrade"_s) == 0)
            return std::optional<AlembicRevision>(); // some other Python file
        return failure(ErrorCode::InvalidInput, AlembicFolderText::tr("%1 has an upgrade() but no revision.").arg(name));
    }
    revision.downRevisions = textsIn(assigned(source, u"down_revision"_s));
    revision.branchLabels = textsIn(assigned(source, u"branch_labels"_s));
    revision.dependsOn = textsIn(assigned(source, u"depends_on"_s));
    revision.upLine = lineOfFunction(source, u"upgrade"_s);
    revision.downLine = lineOfFunction(source, u"downgrade"_s);
    readDocstring(source, revision);
    return std::optional(revision);
}

} // namespace

bool AlembicFolder::isOne(const QString &folder)
{
    const QDir dir(folder);
    if (dir.exists(u"env.py"_s) || dir.exists(u"alembic.ini"_s) || dir.exists(u"alembic/env.py"_s))
        return true;
    return dir.entryList({u"*.sql"_s}, QDir::Files).isEmpty() && !dir.entryList({u"*.py"_s}, QDir::Files).isEmpty();
}

Result<AlembicFolder> AlembicFolder::load(const QString &folder)
{
    const QDir versions(versionsOf(folder));
    if (!versions.exists())
        return failure(ErrorCode::NotFound, AlembicFolderText::tr("There is no folder \"%1\".").arg(folder));
    std::vector<AlembicRevision> waiting;
    QSet<QString> known;
    for (const QString &name : versions.entryList({u"*.py"_s}, QDir::Files, QDir::Name)) {
        auto read = readScript(versions.filePath(name), name);
        if (!read)
            return failure(read);
        if (!*read)
            continue;
        if (known.contains((*read)->revision))
            return failure(ErrorCode::InvalidInput, AlembicFolderText::tr("The revision %1 stands in %2 and in another script.").arg((*read)->revision, name));
        known.insert((*read)->revision);
        waiting.push_back(std::move(**read));
    }
    if (waiting.empty())
        return failure(ErrorCode::NotFound, AlembicFolderText::tr("There is no Alembic revision in \"%1\".").arg(versions.path()));
    AlembicFolder alembic;
    for (const AlembicRevision &revision : waiting) {
        for (const QString &below : revision.downRevisions) {
            if (!known.contains(below) && !alembic.m_missing.contains(below))
                alembic.m_missing.append(below);
        }
    }
    QSet<QString> placed;
    while (!waiting.empty()) {
        const auto ready = std::find_if(waiting.begin(), waiting.end(), [&](const AlembicRevision &revision) {
            const auto isSettled = [&](const QString &below) { return placed.contains(below) || !known.contains(below); };
            return std::all_of(revision.downRevisions.begin(), revision.downRevisions.end(), isSettled) && std::all_of(revision.dependsOn.begin(), revision.dependsOn.end(), isSettled);
        });
        if (ready == waiting.end())
            return failure(ErrorCode::InvalidInput, AlembicFolderText::tr("The revisions go round in a circle: %1.").arg(waiting.front().fileName));
        placed.insert(ready->revision);
        alembic.m_revisions.push_back(std::move(*ready));
        waiting.erase(ready);
    }
    return alembic;
}

const AlembicRevision *AlembicFolder::revision(const QString &id) const
{
    const auto it = std::find_if(m_revisions.begin(), m_revisions.end(), [&id](const AlembicRevision &one) { return one.revision == id; });
    return it == m_revisions.end() ? nullptr : &*it;
}

QStringList AlembicFolder::heads() const
{
    QStringList heads;
    for (const AlembicRevision &candidate : m_revisions) {
        const bool hasNext = std::any_of(m_revisions.begin(), m_revisions.end(), [&](const AlembicRevision &other) { return other.downRevisions.contains(candidate.revision); });
        if (!hasNext)
            heads.append(candidate.revision);
    }
    return heads;
}

std::optional<QStringList> AlembicFolder::withAncestors(const QStringList &ids) const
{
    QSet<QString> wanted;
    for (const QString &id : ids) {
        if (!revision(id))
            return std::nullopt;
        wanted.insert(id);
    }
    // From the newest to the oldest, everything below something wanted is wanted, too.
    for (auto it = m_revisions.rbegin(); it != m_revisions.rend(); ++it) {
        if (!wanted.contains(it->revision))
            continue;
        for (const QString &below : it->downRevisions + it->dependsOn)
            wanted.insert(below);
    }
    QStringList ordered;
    for (const AlembicRevision &one : m_revisions) {
        if (wanted.contains(one.revision))
            ordered.append(one.revision);
    }
    return ordered;
}

} // namespace turnstone
