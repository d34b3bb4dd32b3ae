// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <QListView>
#include <QStyledItemDelegate>

#include <vector>

namespace turnstone {

/// A place on the time line.
struct Station
{
    enum class Kind {
        Applied,
        Current,
        Pending,
        Unknown,   ///< recorded, but not in the history
        Conversion ///< leads to another variant
    };
    Kind kind = Kind::Pending;
    QString revision;
    QString title;
    /// A word at the right: "no way down", "edited".
    QString badge;
    /// Differences between what the database has and what it should have here.
    int drift = 0;
    /// Position in the history, or among the conversions; -1 for what is in neither.
    int index = -1;
};

class StationModel final : public QAbstractListModel
{
    Q_OBJECT

public:
    enum Role { StationRole = Qt::UserRole + 1 };

    using QAbstractListModel::QAbstractListModel;

    void setStations(std::vector<Station> stations);
    void setDrift(int count);
    const std::vector<Station> &stations() const { return m_stations; }
    const Station *at(const QModelIndex &index) const;
    int currentRow() const;

    int rowCount(const QModelIndex &parent = {}) const override;
    /// DisplayRole and AccessibleTextRole: revision, title and state in words.
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;

private:
    std::vector<Station> m_stations;
};

/// Paints the line, the stations by form and colour, and drift as a side track.
class StationDelegate final : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    void paintTrack(QPainter *painter, const QRect &area, const Station &station, const QModelIndex &index, const QPalette &palette) const;
    void paintWords(QPainter *painter, const QRect &area, const Station &station, const QStyleOptionViewItem &option) const;
};

} // namespace turnstone

Q_DECLARE_METATYPE(turnstone::Station)
