// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/edit/editsession.h"
#include "views/panels/cellediting.h"

#include <functional>

namespace turnstone {

/// The window's CellEditing: chooses editors by meaning, stages what they hold, and asks where an edit is more than a value:
/// a fork of what is never changed, a rename that texts follow, a delete that takes rows along.
class InlineEditing final : public CellEditing
{
    Q_OBJECT

public:
    /// Dialogs belong to `window`.
    explicit InlineEditing(QWidget *window, QObject *parent = nullptr);

    QWidget *createEditor(QWidget *parent, const EditTarget &target) override;
    void commit(QWidget *editor, const EditTarget &target) override;
    void setNull(const EditTarget &target) override;
    void setEmpty(const EditTarget &target) override;
    void revert(const EditTarget &target) override;
    void editLarge(const EditTarget &target) override;
    void addRow(const DatabaseContext &context, const CatalogTable &table, const RowImage &like) override;
    void deleteRows(const DatabaseContext &context, const CatalogTable &table, const std::vector<RowImage> &rows) override;
    void move(const EditTarget &target, int places) override;
    void moveTo(const EditTarget &target, const RowImage &anchor, bool isBehind) override;
    void fillMenu(QMenu &menu, const EditTarget &target, const std::vector<RowImage> &rows) override;

signals:
    /// What was refused, and why.
    void refused(const QString &sentence);
    /// Staged, though with something to be known.
    void noted(const QString &sentence);

private:
    using Known = std::function<void(const EditTarget &target)>;
    bool isAllowed(const EditTarget &target);
    /// Runs `then` once the value of the target's column is known whole.
    void withWhole(const EditTarget &target, const Known &then, bool wholeRow = false);
    void set(const EditTarget &target, const Value &value);
    /// `place` tells from the ordered rows, the row's own place among them taken out, where it goes; nothing: nowhere.
    void reorder(const EditTarget &target, const std::function<std::optional<std::size_t>(const std::vector<RowImage> &others, std::size_t own)> &place);
    void offerFork(const EditTarget &target, const Value &value, const QString &sentence);
    void offerRename(const EditTarget &target, const Value &value);
    void tell(const EditSession::Intent &intent);

    QWidget *m_window;
};

} // namespace turnstone
