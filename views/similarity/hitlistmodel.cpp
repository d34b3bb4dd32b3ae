// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/similarity/hitlistmodel.h"

#include <QLocale>

namespace turnstone {

using namespace Qt::StringLiterals;

void HitListModel::setHits(const SimilarityAnswer &answer, const QStringList &words)
{
    beginResetModel();
    m_rows.clear();
    for (const SimilarityHit &hit : answer.hits)
        m_rows.push_back({QString(), hit});
    m_words = words;
    m_isByWords = answer.isByWords;
    endResetModel();
}

void HitListModel::setGroups(const NearDuplicates &found)
{
    beginResetModel();
    m_rows.clear();
    m_words.clear();
    m_isByWords = false;
    for (const NearDuplicates::Group &group : found.groups) {
        QString heading = tr("%n records say nearly the same", nullptr, static_cast<int>(group.size));
        if (group.size > group.members.size())
            heading += tr(" · the first %1 are shown").arg(group.members.size());
        if (group.size > 2)
            heading += tr(" · scores against the first");
        m_rows.push_back({heading, {}});
        for (const SimilarityHit &hit : group.members)
            m_rows.push_back({QString(), hit});
    }
    endResetModel();
}

void HitListModel::setWords(const QStringList &words)
{
    m_words = words;
    if (!m_rows.empty())
        emit dataChanged(index(0), index(static_cast<int>(m_rows.size()) - 1), {WordsRole});
}

void HitListModel::clear()
{
    beginResetModel();
    m_rows.clear();
    endResetModel();
}

const SimilarityHit *HitListModel::hit(const QModelIndex &index) const
{
    if (!index.isValid() || !checkIndex(index))
        return nullptr;
    const Row &row = m_rows[static_cast<std::size_t>(index.row())];
    return row.heading.isEmpty() ? &row.hit : nullptr;
}

/// "Agent 2 · 2025-10-01 09:48:10 · Is wood or concrete the better material?": what may be long, and is cut, comes last.
QString HitListModel::aboutOf(const SimilarityHit &hit)
{
    QStringList parts;
    const QString group = hit.groupLabel.isEmpty() && !hit.group.isNull() ? hit.group.toDisplayText() : hit.groupLabel;
    for (const QString &part : {hit.speaker, hit.time.left(19).replace(u'T', u' '), group}) {
        if (!part.trimmed().isEmpty())
            parts.append(part.simplified());
    }
    if (parts.isEmpty()) {
        for (const Value &value : hit.key)
            parts.append(value.toDisplayText());
    }
    return parts.join(u"  ·  "_s);
}

QVariant HitListModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Row &row = m_rows[static_cast<std::size_t>(index.row())];
    const bool isHeading = !row.heading.isEmpty();
    switch (role) {
    case IsHeadingRole: return isHeading;
    case ScoreRole: return row.hit.score;
    case TextRole: return isHeading ? row.heading : row.hit.text.simplified();
    case AboutRole: return isHeading ? QString() : aboutOf(row.hit);
    case WordsRole: return m_words;
    case IsByWordsRole: return m_isByWords;
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole:
        return isHeading ? row.heading : tr("%1, score %2, %3").arg(row.hit.text.simplified().left(200), QLocale().toString(row.hit.score, 'f', 3), aboutOf(row.hit));
    case Qt::ToolTipRole: return isHeading ? QString() : tr("distance %1").arg(QString::number(row.hit.distance, 'g', 6));
    default: return {};
    }
}

Qt::ItemFlags HitListModel::flags(const QModelIndex &index) const
{
    if (!index.isValid())
        return Qt::NoItemFlags;
    return hit(index) ? Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren : Qt::ItemIsEnabled | Qt::ItemNeverHasChildren;
}

} // namespace turnstone
