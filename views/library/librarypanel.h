// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/lenses/assembly.h"
#include "models/lenses/library.h"
#include "views/panels/panel.h"
#include "views/panels/panelkind.h"

#include <stop_token>

class QComboBox;
class QLabel;
class QLineEdit;
class QTreeWidget;
class QTreeWidgetItem;

namespace turnstone {

class MessageBar;
class ReadingView;
class RecordTeller;

/// The blocks of a prompt library in their folders, filtered by words and by tag; the chosen one with its text and what uses it.
/// GUI thread only.
class LibraryPanel final : public Panel
{
    Q_OBJECT

public:
    /// Opened on a block, that one is chosen.
    LibraryPanel(const PanelServices &services, DatabaseContext context, const QVariantMap &arguments, QWidget *parent = nullptr);
    ~LibraryPanel() override;

    QString title() const override;
    QString path() const override { return u'#' + kind(); }
    std::optional<Record> currentRecord() const override;
    bool showsRecords() const override { return true; }
    QVariantMap saveState() const override;
    void restoreState(const QVariantMap &state) override;
    void copy(const QString &format) override;
    void find() override;

public slots:
    void reload() override;
    void refresh() override { reload(); }

private:
    QString countOf(int number) const;
    void build();
    void accept(std::vector<Library> libraries);
    void fill(const Library &library, QTreeWidgetItem *top);
    void applyFilter();
    void chooseFirst();
    void showChosen();
    void showBlock(Assembly assembly);
    void showBodies(const std::vector<int> &heads);
    void showMenu(const QPoint &place);
    /// Null unless a block is current.
    const LibraryItem *chosen(const Library **of = nullptr) const;

    const QString m_table;
    const RowKey m_key;
    MessageBar *m_message;
    QLabel *m_title;
    QLabel *m_summary;
    QLineEdit *m_words;
    QComboBox *m_tag;
    QTreeWidget *m_list;
    ReadingView *m_view;
    RecordTeller *m_record;
    std::vector<Library> m_libraries;
    std::optional<Assembly> m_block;
    QString m_wanted; ///< the block to be chosen when it is there: table and key
    QString m_wantedTag;
    std::stop_source m_stop;
    std::stop_source m_stopBlock;
};

PanelKind libraryPanelKind();

} // namespace turnstone
