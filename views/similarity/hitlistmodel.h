// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/vectors/nearduplicates.h"

#include <QAbstractListModel>

namespace turnstone {

/// Hits in order, or groups of near-duplicates: a heading, then its members. Holds at most what one answer has. GUI thread only.
class HitListModel final : public QAbstractListModel
{
    Q_OBJECT

public:
    enum Role { IsHeadingRole = Qt::UserRole + 1, ScoreRole, TextRole, AboutRole, WordsRole, IsByWordsRole };

    explicit HitListModel(QObject *parent = nullptr) : QAbstractListModel(parent) {}

    void setHits(const SimilarityAnswer &answer, const QStringList &words);
    void setGroups(const NearDuplicates &found);
    /// Those to be marked in the texts.
    void setWords(const QStringList &words);
    void clear();

    int rowCount(const QModelIndex &parent = {}) const override { return parent.isValid() ? 0 : static_cast<int>(m_rows.size()); }
    QVariant data(const QModelIndex &index, int role) const override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;

    /// Null for a heading.
    const SimilarityHit *hit(const QModelIndex &index) const;

private:
    struct Row
    {
        QString heading; ///< of a group; else empty
        SimilarityHit hit;
    };
    static QString aboutOf(const SimilarityHit &hit);

    std::vector<Row> m_rows;
    QStringList m_words; // to be marked
    bool m_isByWords = false;
};

} // namespace turnstone
