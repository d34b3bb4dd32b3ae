// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/browsing/columnmeaning.h"
#include "models/browsing/databasecontext.h"
#include "models/items/record.h"
#include "views/panels/cellediting.h"

#include <QVariantMap>
#include <QWidget>

#include <optional>
#include <stop_token>

class QAction;
class QLabel;
class QPushButton;
class QSplitter;
class QThreadPool;
class QToolButton;
class QTreeWidget;
class QTreeWidgetItem;

namespace turnstone {

class FlowLayout;
class CellEditing;
class MessageBar;
class RelatedList;
class ValueView;

/// What is this: the fields of the current record as its profile means them, the chosen one's value below, and the records
/// around it. GUI thread only.
class RecordPanel final : public QWidget
{
    Q_OBJECT

public:
    explicit RecordPanel(QThreadPool &workers, QWidget *parent = nullptr);
    ~RecordPanel() override;

    /// Shows at once what `record` holds; long values, the title and the records around it come later. The context's pool must
    /// live until clear() or another record.
    void showRecord(const DatabaseContext &context, const CatalogTable &table, const Record &record);
    void clear();
    /// How else the record can be seen: shown as buttons until clear(). Takes the actions.
    void setOpenings(const QList<QAction *> &actions);
    void setShownZone(ShownZone zone);
    /// Lets values be edited in place, where the database has a place for edits. Must outlive the panel.
    void setEditing(CellEditing &editing);
    void focusFields();
    QVariantMap saveState() const;
    void restoreState(const QVariantMap &state);

signals:
    void placeRequested(int databaseId, const turnstone::TablePlace &place);
    void previousRequested();
    void nextRequested();
    void failed(const turnstone::Error &error);

protected:
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void setTitle(const QString &title);
    void showEmpty(bool isEmpty);
    /// No higher than its lines, so that what is related follows them.
    void fitFields();
    void fillField(QTreeWidgetItem *item, const RecordField &field);
    void showField(int field);
    void follow(const QTreeWidgetItem *item);
    void editField(int field);
    std::optional<EditTarget> targetOf(int field) const;
    /// The record as it will be after a save.
    Record withEdits(const Record &stored) const;
    void applyEdits();
    void showMenu(const QPoint &place);
    void showAround();
    void showAroundIn(const DatabaseContext &context);
    void readTitle(const DatabaseContext &context);
    const ColumnProfile *meaning(const QString &column) const;
    int chosenField() const;

    QThreadPool &m_workers;
    QWidget *m_head;
    QLabel *m_empty;
    QLabel *m_title;
    QString m_fullTitle; // the label shows as much as fits
    QToolButton *m_previous;
    QToolButton *m_next;
    MessageBar *m_message;
    QWidget *m_openings;
    FlowLayout *m_openingsLayout;
    QSplitter *m_splitter;
    QTreeWidget *m_fields;
    QPushButton *m_reveal;
    ValueView *m_value;
    QLabel *m_relatedHead;
    RelatedList *m_related;
    std::optional<DatabaseContext> m_context;
    CatalogTable m_table;
    std::optional<Record> m_stored;
    std::optional<Record> m_record; // m_stored with what is staged
    CellEditing *m_editing = nullptr;
    QMetaObject::Connection m_edits; // to those of the record's database
    RowKey m_identity; // the application's key of it
    std::optional<DatabaseContext> m_ownContext; // for tables that the profile does not speak of
    ShownZone m_zone = ShownZone::Utc;
    bool m_isShownAsAsked = false; // a secret, or a huge value
    std::stop_source m_stop; // of the record
    std::stop_source m_stopValue;
    quint64 m_generation = 0;
};

} // namespace turnstone
