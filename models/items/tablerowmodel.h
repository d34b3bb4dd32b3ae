// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/items/celllook.h"
#include "models/items/record.h"
#include "models/items/rowoverlay.h"
#include "models/items/rowsource.h"

#include <QAbstractTableModel>

#include <list>
#include <memory>
#include <optional>
#include <unordered_map>

namespace turnstone {

/// Presents a RowSource of any size. Views get a window of at most `windowRows` rows onto the 64-bit
/// row space; setWindowFirst() moves it, and persistent indexes move along.
///
/// data() never waits: for a row not yet here it returns an empty value, asks for the row's page, and
/// dataChanged() follows. LoadStateRole tells the two apart. Pages are kept within a byte budget, those
/// asked for longest ago go first. New rows of the overlay stand behind the stored ones. Read-only. GUI thread only.
class TableRowModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Role {
        LoadStateRole = Qt::UserRole + 1, ///< LoadState
        ValueRole,     ///< turnstone::Value, of long ones the beginning
        TypeRole,      ///< the column's type as declared
        KindRole,      ///< turnstone::CellKind
        FullBytesRole, ///< length as stored of texts and blobs (qint64)
        WholeRole,     ///< whether ValueRole is all of it
        KeyRole,       ///< header: whether the column belongs to the key
        ToneRole,      ///< QString, see CellLook
        FractionRole,  ///< double, see CellLook
        LinkRole,      ///< whether the value points to another record (bool)
        StagedRole,    ///< RowOverlay::State of the row (int), where it is not None
        ChangedRole,   ///< whether the overlay has another value than is stored (bool)
    };
    enum class LoadState { Pending, Ready, Failed, Gone };
    Q_ENUM(LoadState)

    struct Limits
    {
        int windowRows = 100'000;
        qint64 cacheBytes = 32 * 1024 * 1024;
    };

    explicit TableRowModel(std::unique_ptr<RowSource> source, Limits limits, QObject *parent = nullptr);
    explicit TableRowModel(std::unique_ptr<RowSource> source, QObject *parent = nullptr);
    ~TableRowModel() override;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

    const RowSource &source() const { return *m_source; }
    /// Shows the rows of another source with the same columns, or of none. The rows of now stay until the first
    /// of the new ones are here; then the model is reset and sourceChanged() follows. If the new source
    /// fails before, everything stays and failed() tells.
    void setSource(std::unique_ptr<RowSource> source);
    /// Whether a new source's first rows are still being read. cancelSource() keeps the old one.
    bool isChangingSource() const { return m_next != nullptr; }
    void cancelSource();
    /// See RowSource::positionOf(); counts over all rows, not from windowFirst(). As they are stored: see shownPosition().
    QFuture<Result<qint64>> positionOf(const RowKey &key) { return m_source->positionOf(key); }
    /// Where the row at a stored position is shown, if the overlay moves it.
    qint64 shownPosition(qint64 stored) const;
    /// Learns about added rows and reads changed ones again, without forgetting what is shown.
    void refresh();
    /// Rows known of the whole table, with new ones; the source's isComplete() tells whether that is all.
    qint64 totalRows() const { return m_total + m_added; }
    /// Of them, those that are stored.
    qint64 storedRows() const { return m_total; }
    qint64 windowFirst() const { return m_first; }
    /// Moves the window so that it begins at `first` or as near as the table allows.
    void setWindowFirst(qint64 first);

    /// How the columns are shown (DisplayRole, ToolTipRole, ToneRole, FractionRole); as many as columns, each may be empty.
    void setReaders(std::vector<CellReader> readers);
    /// Of which columns the values point to other records.
    void setLinks(std::vector<bool> links);

    /// What is shown over the rows; may be null. Must outlive the model or be replaced.
    void setOverlay(const RowOverlay *overlay);
    /// A sentence for each column that cannot be edited, empty for the others; shown with the column's type.
    void setColumnNotes(QStringList notes);
    /// Whether views may open editors; what they do with the value is not the model's.
    void setEditable(bool isEditable) { m_isEditable = isEditable; }

    LoadState loadState(int row) const;
    /// The row as it is stored, as far as it is here; nothing while its page is not.
    std::optional<Record> record(int row, const QString &tableName) const;
    /// Forgets everything and reads again.
    void reload();

    qint64 cachedBytes() const { return m_cachedBytes; }

signals:
    /// The number of rows known has changed, or is now complete.
    void extentChanged();
    /// Once for each failure. Rows of a failed page are asked for again after refresh() or reload().
    void failed(const turnstone::Error &error);
    void sourceChanged();
    /// See RowSource::progressed(); of the new source while it is to take the old one's place.
    void progressed(qint64 rows, qint64 total);

private:
    struct Page
    {
        LoadState state = LoadState::Pending;
        RowPage rows;
        qint64 bytes = 0;
        quint64 version = 0; // below m_version: out of date, though fit to be shown
        bool isAsked = false;
        std::list<qint64>::iterator age;
    };

    const Page *page(qint64 position) const;
    void want(qint64 page) const;
    void requestWanted();
    void acceptPage(qint64 number, quint64 generation, Result<RowPage> result);
    void store(Page &page, RowPage rows);
    void evict();
    void applyExtent(qint64 stored, int added);
    void forgetPagesFrom(qint64 stored);
    QVariant addedData(int added, int column, int role) const;
    /// Of the row at a position, in its page.
    int rowInPage(qint64 position) const;
    void shuffle();
    QVariant valueData(const ValueRef &value, bool isWhole, qint64 fullBytes, int column, int role) const;
    void expirePages();
    void forgetAll();
    void connectSource();
    void readFirstOfNext();
    void adoptNext(RowPage first);
    void announce(qint64 page);

    std::unique_ptr<RowSource> m_source;
    std::unique_ptr<RowSource> m_next; // to take its place
    bool m_isFirstAsked = false;       // of m_next
    std::vector<CellReader> m_readers;
    std::vector<bool> m_links;
    QStringList m_notes;
    const RowOverlay *m_overlay = nullptr;
    std::vector<int> m_shuffle; // of the only page, by the overlay
    bool m_isEditable = false;
    const Limits m_limits;
    qint64 m_total = 0; // stored rows
    int m_added = 0;    // new rows behind them
    qint64 m_first = 0;
    int m_rows = 0;
    mutable std::unordered_map<qint64, Page> m_pages;
    mutable std::list<qint64> m_byAge;   // front = asked for longest ago
    mutable std::list<qint64> m_wanted;  // back = asked for last
    mutable bool m_requestPosted = false;
    int m_inFlight = 0;
    qint64 m_cachedBytes = 0;
    quint64 m_generation = 0; // of the source and its rows; answers to an earlier one are dropped
    quint64 m_version = 1;    // of what the pages hold
};

} // namespace turnstone
